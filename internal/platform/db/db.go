// Package db is the database: one SQL text for SQLite and PostgreSQL, a reading pool that refuses writes, and a write path that groups concurrent commits.
package db

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base32"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the PostgreSQL driver
	_ "modernc.org/sqlite"             // the SQLite driver, without cgo
)

// Engine names the database engine in use.
type Engine string

// The engines.
const (
	SQLite     Engine = "sqlite"
	PostgreSQL Engine = "postgres"
)

// Options say which database to open and how carefully to write to it.
type Options struct {
	// URL is a PostgreSQL connection string; empty means SQLite in File.
	URL string
	// File is the SQLite file; its folder is created.
	File string
	// Synchronous is SQLite's synchronous pragma: FULL unless a test needs to
	// prove that anything weaker loses acknowledged writes.
	Synchronous string
	// Readers bounds the reading pool; 0 means 8.
	Readers int
	// Patience is how long a write may wait for its turn, and a reading for a
	// connection of PostgreSQL; 0 means 10 s.
	Patience time.Duration
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine   Engine
	read     *sql.DB
	write    *sql.DB
	queue    chan *work
	stop     chan struct{}
	stopped  chan struct{}
	stopOnce sync.Once
	stmts    stmtCache
	kept     *keptStmts // nil on PostgreSQL: pgx keeps its own
	commits  commitStats
	patience time.Duration
	unsafe   bool // PostgreSQL runs with fsync off
	broken   broken
	full     atomic.Bool // the last write was refused for want of room
	since    int         // writes since the last checkpoint; the writer's own
}

// Open opens the database and starts its writer.
func Open(ctx context.Context, opt Options) (*DB, error) {
	if opt.Readers == 0 {
		opt.Readers = 8
	}
	d := &DB{queue: make(chan *work, 4096), stop: make(chan struct{}), stopped: make(chan struct{}), patience: cmp.Or(opt.Patience, 10*time.Second)}
	d.broken.told = make(chan struct{})
	var err error
	if opt.URL != "" {
		err = d.openPostgres(ctx, opt)
	} else {
		err = d.openSQLite(opt)
	}
	if err != nil {
		return nil, err
	}
	d.write.SetMaxOpenConns(1)
	d.write.SetMaxIdleConns(1)
	d.read.SetMaxOpenConns(opt.Readers)
	d.read.SetMaxIdleConns(opt.Readers)
	if err := d.write.PingContext(ctx); err != nil {
		d.read.Close()
		d.write.Close()
		return nil, fmt.Errorf("reach the %s database: %w", d.engine, err)
	}
	go d.writer()
	return d, nil
}

func (d *DB) openPostgres(ctx context.Context, opt Options) (err error) {
	d.engine = PostgreSQL
	opt.URL, err = withTimeout(opt.URL)
	if err != nil {
		return err
	}
	writeURL, err := d.durable(ctx, opt.URL)
	if err != nil {
		return err
	}
	if d.write, err = sql.Open("pgx", writeURL); err != nil {
		return fmt.Errorf("open PostgreSQL for writing: %w", err)
	}
	readURL, err := withParam(opt.URL, "default_transaction_read_only", "on")
	if err != nil {
		return err
	}
	if d.read, err = sql.Open("pgx", readURL); err != nil {
		return fmt.Errorf("open PostgreSQL for reading: %w", err)
	}
	return nil
}

// durable is the address under which a commit answers once it is on the disk: a server
// whose setting is to answer before, and to lose the last half second when it dies, is
// asked for more. Settings that wait for standbys are left alone (PostgreSQL manual, 19.5.1).
func (d *DB) durable(ctx context.Context, dsn string) (string, error) {
	one, err := sql.Open("pgx", dsn)
	if err != nil {
		return "", fmt.Errorf("open PostgreSQL: %w", err)
	}
	defer one.Close()
	var commit, sync string
	if err := one.QueryRowContext(ctx, `select current_setting('synchronous_commit'), current_setting('fsync')`).Scan(&commit, &sync); err != nil {
		return "", fmt.Errorf("reach the postgres database: %w", err)
	}
	d.unsafe = sync != "on"
	if commit != "off" {
		return dsn, nil
	}
	return withParam(dsn, "synchronous_commit", "on")
}

// withTimeout bounds how long a connection may take to be made, unless the address says it.
func withTimeout(dsn string) (string, error) {
	if strings.Contains(dsn, "connect_timeout") {
		return dsn, nil
	}
	return withParam(dsn, "connect_timeout", "5")
}

func withParam(dsn, name, value string) (string, error) {
	if !strings.Contains(dsn, "://") {
		return dsn + " " + name + "=" + value, nil
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return "", fmt.Errorf("read the PostgreSQL address: it is not a valid URL")
	}
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String(), nil
}

func (d *DB) openSQLite(opt Options) (err error) {
	d.engine, d.kept = SQLite, newKeptStmts()
	if err := os.MkdirAll(filepath.Dir(opt.File), 0o700); err != nil {
		return fmt.Errorf("create the data folder: %w", err)
	}
	if opt.Synchronous == "" {
		opt.Synchronous = "FULL"
	}
	// Pragmas stand in the connection string: set on the pool they would reach one connection only.
	// secure_delete wipes what is deleted: an erased person must not be read in the file's free pages.
	common := "_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)&_pragma=temp_store(2)"
	file := "file:" + (&url.URL{Path: opt.File}).EscapedPath()
	d.write, err = sql.Open("sqlite", file+"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous("+opt.Synchronous+")&_pragma=cache_size(-16000)&_pragma=wal_autocheckpoint(20000)&_pragma=secure_delete(1)&"+common)
	if err != nil {
		return fmt.Errorf("open SQLite for writing: %w", err)
	}
	d.read, err = sql.Open("sqlite", file+"?_pragma=query_only(1)&_pragma=cache_size(-4000)&"+common)
	if err != nil {
		return fmt.Errorf("open SQLite for reading: %w", err)
	}
	return nil
}

// Engine says which engine is behind.
func (d *DB) Engine() Engine { return d.engine }

// Unsafe says whether the server runs with fsync off: then a power cut loses what was acknowledged.
func (d *DB) Unsafe() bool { return d.unsafe }

// Raw is the writing pool, for migrations, backups and integrity checks only.
func (d *DB) Raw() *sql.DB { return d.write }

// Ping checks that both pools answer.
func (d *DB) Ping(ctx context.Context) error {
	if err := d.read.PingContext(ctx); err != nil {
		return fmt.Errorf("ping the reading pool: %w", err)
	}
	return nil
}

// Close waits for the group under way, then closes both pools. Writes asked for
// afterwards are refused with Unavailable. After a sync failed the files are left as
// they are: closing them would copy what the memory holds into the database.
func (d *DB) Close() error {
	d.stopOnce.Do(func() { close(d.stop) })
	<-d.stopped
	if d.broken.is() {
		return nil
	}
	d.stmts.close()
	d.kept.close()
	err := d.read.Close()
	if werr := d.write.Close(); err == nil {
		err = werr
	}
	return err
}

var idEncoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// NewID makes a random identifier of 100 bits in 20 characters (Crockford's
// alphabet, lower case): unguessable, and safe in an address or a file name.
func NewID() string {
	var b [13]byte
	rand.Read(b[:])
	return idEncoding.EncodeToString(b[:])[:20]
}
