package ui

import "context"

type waitingKey struct{}

// WithWaiting tells pages how to know whether rights of who reads wait for a second
// proof of her sign-in; it is asked only where it shows.
func WithWaiting(ctx context.Context, ask func() bool) context.Context {
	return context.WithValue(ctx, waitingKey{}, ask)
}

func isWaiting(ctx context.Context) bool {
	ask, known := ctx.Value(waitingKey{}).(func() bool)
	return known && ask()
}
