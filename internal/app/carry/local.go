package carry

import (
	"bytes"
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// Address is where people of the local network reach a program that listens on HOST:PORT:
// the first private address of the machine when no host is named.
func Address(addr string, https bool) string {
	scheme := "http"
	if https {
		scheme = "https"
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return scheme + "://" + addr
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = cmp.Or(private(), "127.0.0.1")
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// private is the first IPv4 address of the machine on a private network, "" for none.
func private() string {
	list, err := net.InterfaceAddrs()
	if err != nil {
		return ""
	}
	for _, one := range list {
		if n, ok := one.(*net.IPNet); ok && n.IP.To4() != nil && n.IP.IsPrivate() {
			return n.IP.String()
		}
	}
	return ""
}

// life is how long a certificate made here is good for: a gathering and its margins.
const life = 90 * 24 * time.Hour

// Certificate gives the files of a certificate for an address and of its key, made in a
// folder when there are none, or when they are for another address or nearly over.
func Certificate(folder, address string, now time.Time) (certificate, key string, err error) {
	certificate, key = filepath.Join(folder, "venue.crt"), filepath.Join(folder, "venue.key")
	u, err := url.Parse(address)
	if err != nil {
		return "", "", fmt.Errorf("read the address %s: %w", address, err)
	}
	if stands(certificate, key, u.Hostname(), now) {
		return certificate, key, nil
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", "", fmt.Errorf("make the folder of keys: %w", err)
	}
	signer, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", "", err
	}
	number, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return "", "", err
	}
	paper := &x509.Certificate{SerialNumber: number, Subject: pkix.Name{CommonName: "Transformateur " + u.Hostname()}, NotBefore: now.Add(-24 * time.Hour), NotAfter: now.Add(life),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true}
	if ip := net.ParseIP(u.Hostname()); ip != nil {
		paper.IPAddresses = []net.IP{ip}
	} else {
		paper.DNSNames = []string{u.Hostname()}
	}
	der, err := x509.CreateCertificate(rand.Reader, paper, paper, &signer.PublicKey, signer)
	if err != nil {
		return "", "", fmt.Errorf("make a certificate: %w", err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(signer)
	if err != nil {
		return "", "", err
	}
	for _, one := range []struct {
		file, kind string
		body       []byte
	}{{key, "PRIVATE KEY", secret}, {certificate, "CERTIFICATE", der}} {
		var text bytes.Buffer
		if err := pem.Encode(&text, &pem.Block{Type: one.kind, Bytes: one.body}); err != nil {
			return "", "", err
		}
		if err := os.WriteFile(one.file, text.Bytes(), 0o600); err != nil {
			return "", "", fmt.Errorf("keep the certificate: %w", err)
		}
	}
	return certificate, key, nil
}

// stands says whether a certificate is there, for a host, and has a day left.
func stands(certificate, key, host string, now time.Time) bool {
	text, err := os.ReadFile(certificate)
	if err != nil {
		return false
	}
	if _, err := os.Stat(key); err != nil {
		return false
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return false
	}
	paper, err := x509.ParseCertificate(block.Bytes)
	return err == nil && paper.VerifyHostname(host) == nil && now.Add(24*time.Hour).Before(paper.NotAfter)
}
