// Command boards is a crowd on live boards: people over WebSockets against the program as it is delivered, what they wait and what it costs, and against a Hocuspocus server beside it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"transformateur/bench/served"
)

// plan is a load: people spread over rooms, each changing a text so many times a second,
// then all at once so many times, then many times a second.
type plan struct {
	Seed       uint64
	People     int
	Rooms      int
	Rate       float64 // changes a second of each person
	Length     time.Duration
	Bursts     int     // times everybody acts in the same instant
	Rush       float64 // changes a second of each person, at the end
	RushLength time.Duration
	Binary     string
	Hocuspocus string // a folder where npm may put it, or where it did
}

func main() {
	p := plan{}
	flag.Uint64Var(&p.Seed, "seed", uint64(time.Now().UnixNano()), "seed of what is drawn")
	flag.StringVar(&p.Binary, "binary", "", "the program, built here when none is given")
	flag.IntVar(&p.People, "people", 500, "people, each with a connection")
	flag.IntVar(&p.Rooms, "rooms", 25, "boards over which they are spread")
	flag.Float64Var(&p.Rate, "rate", 1, "changes a second of each person")
	flag.DurationVar(&p.Length, "length", 20*time.Second, "how long they write")
	flag.IntVar(&p.Bursts, "bursts", 20, "times everybody acts in the same instant")
	flag.Float64Var(&p.Rush, "rush", 0, "changes a second of each person in a last rush, none without")
	flag.DurationVar(&p.RushLength, "rush-length", 10*time.Second, "how long the rush lasts")
	flag.StringVar(&p.Hocuspocus, "hocuspocus", "", "folder of a Hocuspocus server to measure in the same run; npm installs it there when it holds none")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := compare(ctx, p); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// compare plays the load against the program, and against the other server when there is
// one, and prints both.
func compare(ctx context.Context, p plan) error {
	fmt.Printf("seed %d, %d people in %d rooms, %.1f changes/s each for %v\n", p.Seed, p.People, p.Rooms, p.Rate, p.Length)
	mine, err := run(ctx, p, startOurs)
	fmt.Print("\nTransformateur\n", mine)
	if err != nil || p.Hocuspocus == "" {
		return err
	}
	other, err := run(ctx, p, startOther)
	fmt.Print("\nHocuspocus\n", other, "\nTransformateur / Hocuspocus\n", mine.over(other))
	return err
}

// start prepares a server in a folder and starts it, and says how each person speaks with it.
type start func(ctx context.Context, p plan, folder string) (*served.Process, func(n int) wire, error)

func startOurs(ctx context.Context, p plan, folder string) (_ *served.Process, _ func(int) wire, err error) {
	if p.Binary == "" {
		if p.Binary, err = served.Build(ctx, folder); err != nil {
			return nil, nil, err
		}
	}
	boards, err := prepare(ctx, filepath.Join(folder, "data"), p.People, p.Rooms)
	if err != nil {
		return nil, nil, fmt.Errorf("prepare: %w", err)
	}
	server, err := served.Start(ctx, p.Binary, filepath.Join(folder, "data"))
	return server, func(n int) wire { return &ours{board: string(boards[n%p.Rooms]), n: n} }, err
}

func startOther(ctx context.Context, p plan, folder string) (*served.Process, func(int) wire, error) {
	server, err := startHocuspocus(ctx, p.Hocuspocus, folder)
	return server, func(n int) wire { return &yjs{document: fmt.Sprint("room", n%p.Rooms), n: n} }, err
}

// run plays the load against a server.
func run(ctx context.Context, p plan, begin start) (r report, err error) {
	folder, err := os.MkdirTemp("", "transformateur-boards-")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(folder)
	server, speak, err := begin(ctx, p, folder)
	if err != nil {
		return r, err
	}
	defer server.Kill()
	c := &crowd{plan: p, address: server.Address}
	for n := range p.People {
		c.people = append(c.people, newPerson(n, speak(n)))
	}
	return r, r.play(ctx, c, server)
}
