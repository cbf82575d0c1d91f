package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// What became of a deposit.
const (
	unknown = iota
	acknowledged
	closed
)

// deposit is one person's attempt, retried until its answer says what became of it.
type deposit struct {
	file           string
	outcome        int
	sent, answered time.Time // of the attempt that was answered
	waited         time.Duration
	busy           int
}

// saved is what one draft was told to be kept.
type saved struct {
	file, field string
	value       string // the last one acknowledged
	next        string // one sent later, whose answer did not come
	count       int
}

// play sends the rush; it returns when everybody has an answer.
func (w *world) play(ctx context.Context, address string, p plan, draw *rand.Rand) ([]deposit, []saved) {
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 2000, MaxConnsPerHost: 0},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	deposits := make([]deposit, p.Deposits)
	saves := make([]saved, min(p.Autosaves, p.Drafts-p.Deposits))
	var all sync.WaitGroup
	for i := range deposits {
		before := w.moment(p, draw)
		twice := draw.IntN(20) == 0 // an impatient finger
		all.Go(func() {
			wait(ctx, w.closes.Add(-before))
			other := make(chan deposit, 1)
			if twice {
				go func() { other <- submit(ctx, client, address, i) }()
			}
			deposits[i] = submit(ctx, client, address, i)
			if twice {
				if second := <-other; deposits[i].outcome != acknowledged && second.outcome == acknowledged {
					deposits[i] = second
				}
			}
		})
	}
	every := time.Second * time.Duration(len(saves)) / time.Duration(max(p.Autosaves, 1))
	for i := range saves {
		offset := time.Duration(draw.Int64N(int64(every)))
		all.Go(func() { saves[i] = w.write(ctx, client, address, p.Deposits+i, offset, every) })
	}
	all.Wait()
	return deposits, saves
}

// moment draws how long before the deadline a deposit is sent: 5 in 100 come too
// late, 40 in the peak, the others at any time of the last minute.
func (w *world) moment(p plan, draw *rand.Rand) time.Duration {
	switch n := draw.IntN(100); {
	case n < 5:
		return -time.Duration(draw.Int64N(int64(time.Second)))
	case n < 45:
		return time.Duration(draw.Int64N(int64(p.Peak)))
	}
	return p.Peak + time.Duration(draw.Int64N(int64(p.Window-p.Peak)))
}

func wait(ctx context.Context, until time.Time) {
	select {
	case <-ctx.Done():
	case <-time.After(time.Until(until)):
	}
}

func request(ctx context.Context, method, address string, person int, body []byte) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.AddCookie(&http.Cookie{Name: "login", Value: tokenOf(person)})
	return r, nil
}

// submit deposits a file as a browser does; told to wait, it waits and tries again.
func submit(ctx context.Context, client *http.Client, address string, person int) deposit {
	d := deposit{file: fileOf(person)}
	begin := time.Now()
	for range 20 {
		r, err := request(ctx, "POST", address+"/applications/"+d.file+"/submit", person, nil)
		if err != nil {
			return d
		}
		d.sent = time.Now()
		res, err := client.Do(r)
		if err != nil {
			continue
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		d.answered, d.waited = time.Now(), time.Since(begin)
		switch {
		case res.StatusCode == http.StatusSeeOther && strings.Contains(res.Header.Get("Location"), "#receipt-"):
			d.outcome = acknowledged
			return d
		case res.StatusCode == http.StatusConflict && bytes.Contains(body, []byte("clos")):
			d.outcome = closed
			return d
		case res.StatusCode == http.StatusConflict: // deposited by the other finger
			return d
		case res.StatusCode == http.StatusServiceUnavailable:
			d.busy++
			seconds, _ := strconv.Atoi(res.Header.Get("Retry-After"))
			wait(ctx, time.Now().Add(time.Duration(max(seconds, 1))*time.Second))
		default:
			fmt.Fprintf(os.Stderr, "deposit: %d %.200s\n", res.StatusCode, body)
			return d
		}
	}
	return d
}

// write saves an answer of a draft again and again, until the deadline.
func (w *world) write(ctx context.Context, client *http.Client, address string, person int, offset, every time.Duration) saved {
	s := saved{file: fileOf(person), field: fieldOf(0), value: answer(0, 0)}
	for n, at := 1, time.Now().Add(offset); at.Before(w.closes); n, at = n+1, at.Add(every) {
		wait(ctx, at)
		s.next = answer(0, n)
		body, err := json.Marshal(map[string]any{"edits": []any{map[string]any{"field": s.field, "base": s.count + 1, "value": s.next}}})
		if err != nil {
			return s
		}
		r, err := request(ctx, "POST", address+"/applications/"+s.file+"/save", person, body)
		if err != nil {
			return s
		}
		r.Header.Set("Content-Type", "application/json")
		res, err := client.Do(r)
		if err != nil {
			return s
		}
		text, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != http.StatusOK || !bytes.Contains(text, []byte(`"conflicts":[],"refused":[]`)) {
			if res.StatusCode != http.StatusServiceUnavailable {
				fmt.Fprintf(os.Stderr, "autosave: %d %.200s\n", res.StatusCode, text)
				return s
			}
			continue
		}
		s.value = s.next
		s.count++
	}
	return s
}
