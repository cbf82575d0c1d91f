package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/pprof"
	"syscall"

	"transformateur/internal/app/cli"
)

func main() {
	ch := make(chan os.Signal, 1)
	signal.Notify(ch, syscall.SIGUSR1)
	go func() {
		n := 0
		for range ch {
			n++
			runtime.GC()
			f, _ := os.Create(fmt.Sprintf("/tmp/heap.%d.prof", n))
			pprof.Lookup("heap").WriteTo(f, 0)
			f.Close()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			fmt.Fprintf(os.Stderr, "heap %d stacks %d sys %d goroutines %d heapidle %d released %d\n", m.HeapAlloc, m.StackInuse, m.Sys, runtime.NumGoroutine(), m.HeapIdle, m.HeapReleased)
		}
	}()
	_ = context.Background
	if err := cli.Run(context.Background(), os.Args[1:], os.Stdout); err != nil { fmt.Fprintln(os.Stderr, err) }
}
