package blob

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"transformateur/internal/platform/errs"
)

// S3Config says where an S3 store is. Prefix is put before every key; PathStyle
// asks for https://endpoint/bucket/key instead of https://bucket.endpoint/key;
// Spool is a local folder where a file waits while its digest is computed.
type S3Config struct {
	Endpoint  string
	Region    string
	Bucket    string
	Prefix    string
	AccessKey string
	SecretKey string
	Insecure  bool // http instead of https
	PathStyle bool
	Spool     string
	Transport http.RoundTripper // nil: the default one
}

// S3 is a Store in a bucket: the blob with digest aabb… is the object
// prefix/aa/bb/aabb….
type S3 struct {
	client *minio.Client
	bucket string
	prefix string
	spool  string
}

var _ Store = (*S3)(nil)

// OpenS3 opens the store and checks that the bucket can be reached.
func OpenS3(ctx context.Context, c S3Config) (*S3, error) {
	lookup := minio.BucketLookupDNS
	if c.PathStyle {
		lookup = minio.BucketLookupPath
	}
	client, err := minio.New(c.Endpoint, &minio.Options{
		Creds:        credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""),
		Secure:       !c.Insecure,
		Region:       c.Region,
		BucketLookup: lookup,
		Transport:    c.Transport,
		MaxRetries:   3,
	})
	if err != nil {
		return nil, fmt.Errorf("open S3 store at %s: %w", c.Endpoint, err)
	}
	s := &S3{client: client, bucket: c.Bucket, prefix: strings.Trim(c.Prefix, "/"), spool: c.Spool}
	exists, err := client.BucketExists(ctx, c.Bucket)
	if err == nil && !exists { // an answer without a body may hide that the key is unknown: ask in words
		listing, stop := context.WithCancel(ctx)
		for object := range client.ListObjects(listing, c.Bucket, minio.ListObjectsOptions{MaxKeys: 1}) {
			err = object.Err
			break
		}
		stop()
	}
	switch code := minio.ToErrorResponse(err); {
	case err == nil, code.Code == "NoSuchBucket":
	case code.StatusCode == http.StatusForbidden, code.Code == "InvalidAccessKeyId", code.Code == "SignatureDoesNotMatch", code.Code == "AccessDenied":
		return nil, fmt.Errorf("open S3 store at %s: the access key or its secret is wrong, or has no right to bucket %q (%s)", c.Endpoint, c.Bucket, code.Code)
	default:
		return nil, unreachable("look for bucket "+c.Bucket, err)
	}
	if !exists {
		return nil, fmt.Errorf("open S3 store at %s: there is no bucket %q", c.Endpoint, c.Bucket)
	}
	if err := os.MkdirAll(s.spool, 0o700); err != nil {
		return nil, explain("make the spool folder", err)
	}
	return s, nil
}

func unreachable(doing string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return errs.New(errs.Unavailable, "blob.unreachable").Because(fmt.Errorf("%s: %w", doing, err))
}

func (s *S3) key(digest string) string {
	return path.Join(s.prefix, digest[:2], digest[2:4], digest)
}

// Put keeps what r gives: the digest is computed while it is spooled, sent with
// the upload, and the object is read back and compared before Put returns.
func (s *S3) Put(ctx context.Context, r io.Reader, limit int64) (Ref, error) {
	spool, err := os.CreateTemp(s.spool, "s3-*")
	if err != nil {
		return Ref{}, explain("make a spool file", err)
	}
	defer os.Remove(spool.Name())
	defer spool.Close()
	ref, err := copyBounded(ctx, spool, r, limit)
	if err != nil {
		return Ref{}, err
	}
	if have, err := s.Stat(ctx, ref.Digest); err == nil && have == ref && s.Check(ctx, ref.Digest) == nil {
		return ref, nil
	}
	// Twice: an object that reads back wrong may be a transient fault of the other side.
	for range 2 {
		if err = s.send(ctx, spool, ref); err != nil {
			return Ref{}, err
		}
		if err = s.readBack(ctx, ref); err == nil {
			return ref, nil
		}
	}
	if errs.KeyOf(err) == "blob.damaged" || errs.Is(err, errs.NotFound) {
		// The bad object stays: the same content may be kept well by another Put.
		err = errs.New(errs.Unavailable, "blob.unreliable").Because(err)
	}
	return Ref{}, err
}

func (s *S3) send(ctx context.Context, spool *os.File, ref Ref) error {
	if _, err := spool.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("rewind a spool file: %w", err)
	}
	sum, err := hex.DecodeString(ref.Digest)
	if err != nil {
		return fmt.Errorf("send blob %s: %w", ref.Digest, err)
	}
	// One request, with the digest known beforehand in its header: not every
	// S3 server understands trailers.
	_, err = s.client.PutObject(ctx, s.bucket, s.key(ref.Digest), spool, ref.Size, minio.PutObjectOptions{
		ContentType:      "application/octet-stream",
		UserMetadata:     map[string]string{"sha256": ref.Digest, "X-Amz-Checksum-Sha256": base64.StdEncoding.EncodeToString(sum)},
		DisableMultipart: true,
		// A signed stream of nothing would go without a length, which servers refuse.
		DisableContentSha256: ref.Size == 0,
	})
	if err != nil {
		return unreachable("send blob "+ref.Digest, err)
	}
	return nil
}

func (s *S3) readBack(ctx context.Context, ref Ref) error {
	have, err := s.Stat(ctx, ref.Digest)
	if err != nil {
		return err
	}
	if have.Size != ref.Size {
		return damaged(ref.Digest, fmt.Errorf("the store says %d bytes instead of %d", have.Size, ref.Size))
	}
	return s.Check(ctx, ref.Digest)
}

// absent says whether err is how S3 says that there is no such object.
func absent(err error) bool {
	code := minio.ToErrorResponse(err)
	return code.Code == "NoSuchKey" || code.StatusCode == http.StatusNotFound && code.Code != "NoSuchBucket"
}

// Open reads a blob; it is fetched as it is read.
func (s *S3) Open(ctx context.Context, digest string) (File, error) {
	if _, err := s.Stat(ctx, digest); err != nil {
		return nil, err
	}
	object, err := s.client.GetObject(ctx, s.bucket, s.key(digest), minio.GetObjectOptions{})
	if err != nil {
		return nil, unreachable("open blob "+digest, err)
	}
	return object, nil
}

// OpenLocal fetches a blob whole into the spool and compares it with its digest:
// what reads here and there does not ask the other side each time.
func (s *S3) OpenLocal(ctx context.Context, digest string) (File, error) {
	remote, err := s.Open(ctx, digest)
	if err != nil {
		return nil, err
	}
	defer remote.Close()
	local, err := os.CreateTemp(s.spool, "local-*")
	if err != nil {
		return nil, explain("make a spool file", err)
	}
	f := &spooled{local}
	ref, err := copyBounded(ctx, local, remote, 1<<40)
	if err == nil && ref.Digest != digest {
		err = damaged(digest, fmt.Errorf("fetched %d bytes with digest %s", ref.Size, ref.Digest))
	} else if err != nil && errs.KindOf(err) == errs.Internal {
		err = unreachable("fetch blob "+digest, err)
	}
	if err == nil {
		_, err = local.Seek(0, io.SeekStart)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// spooled is a local copy, which goes away when it is closed.
type spooled struct{ *os.File }

// Close forgets the copy.
func (s *spooled) Close() error {
	err := s.File.Close()
	return errors.Join(err, os.Remove(s.Name()))
}

// Stat says how long a blob is, according to the other side.
func (s *S3) Stat(ctx context.Context, digest string) (Ref, error) {
	if !validDigest(digest) {
		return Ref{}, notFound(digest)
	}
	info, err := s.client.StatObject(ctx, s.bucket, s.key(digest), minio.StatObjectOptions{})
	if err != nil && absent(err) {
		return Ref{}, notFound(digest)
	}
	if err != nil {
		return Ref{}, unreachable("look at blob "+digest, err)
	}
	return Ref{Digest: digest, Size: info.Size}, nil
}

// Delete forgets a blob.
func (s *S3) Delete(ctx context.Context, digest string) error {
	if !validDigest(digest) {
		return nil
	}
	err := s.client.RemoveObject(ctx, s.bucket, s.key(digest), minio.RemoveObjectOptions{})
	if err != nil && !absent(err) {
		return unreachable("delete blob "+digest, err)
	}
	return nil
}

// Check reads a blob back and compares it with its digest.
func (s *S3) Check(ctx context.Context, digest string) error {
	if !validDigest(digest) {
		return notFound(digest)
	}
	object, err := s.client.GetObject(ctx, s.bucket, s.key(digest), minio.GetObjectOptions{})
	if err != nil {
		return unreachable("read blob "+digest, err)
	}
	defer object.Close()
	err = verify(ctx, object, Ref{Digest: digest, Size: -1})
	switch {
	case err == nil || errs.KeyOf(err) == "blob.damaged":
		return err
	case absent(errors.Unwrap(err)):
		return notFound(digest)
	}
	return unreachable("read blob "+digest, err)
}

// Walk calls do with every blob, in the order of the digests.
func (s *S3) Walk(ctx context.Context, do func(Ref) error) error {
	ctx, stop := context.WithCancel(ctx) // ends the listing when do fails
	defer stop()
	prefix := s.prefix
	if prefix != "" {
		prefix += "/"
	}
	for object := range s.client.ListObjects(ctx, s.bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		if object.Err != nil {
			return unreachable("list blobs", object.Err)
		}
		digest := path.Base(object.Key)
		if !validDigest(digest) || s.key(digest) != object.Key {
			continue
		}
		if err := do(Ref{Digest: digest, Size: object.Size}); err != nil {
			return err
		}
	}
	return ctx.Err()
}
