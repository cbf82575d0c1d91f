//go:build deps

// Package deps holds the modules of this step until they are used.
package deps

import (
	_ "filippo.io/age"
	_ "github.com/coreos/go-oidc/v3/oidc"
	_ "github.com/danielgtaylor/huma/v2"
	_ "github.com/danielgtaylor/huma/v2/adapters/humago"
	_ "github.com/go-jose/go-jose/v4"
	_ "github.com/go-webauthn/webauthn/webauthn"
	_ "github.com/hanwen/go-fuse/v2/fs"
	_ "github.com/pdfcpu/pdfcpu/pkg/api"
	_ "github.com/pquerna/otp/totp"
	_ "github.com/standard-webhooks/standard-webhooks/libraries/go"
	_ "github.com/zitadel/oidc/v3/pkg/op"
	_ "golang.org/x/oauth2"
	_ "golang.org/x/sys/unix"
	_ "golang.org/x/time/rate"
	_ "rsc.io/qr"
)
