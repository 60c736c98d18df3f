// Package hall is the audience of the tests that run the whole system: people who
// talk in one room, and hold that each heard everything once and in one order.
package hall

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

const patient = 60 * time.Second

// Seat is how somebody comes in: Web is where the API is, Address is what
// lair.Options calls so.
type Seat struct{ Name, Web, Address string }

// person is somebody in the hall.
type person struct {
	name  string
	api   *lair.API
	link  *lair.Link
	heard []string
}

// Hall is the room in which everybody talks.
type Hall struct {
	room   id.Room
	people []*person
	said   []string
}

// Open has people meet; the first makes the room.
func Open(ctx context.Context, trust *tls.Config, seats ...Seat) (*Hall, error) {
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: trust.Clone(), ForceAttemptHTTP2: true}}
	if err := ready(ctx, client, seats[0].Web+"/ready"); err != nil {
		return nil, err
	}
	h := &Hall{}
	mark := strconv.FormatInt(time.Now().Unix(), 36)
	for _, who := range seats {
		api, err := lair.New(who.Web, lair.APIOptions{HTTP: client})
		if err != nil {
			return nil, err
		}
		session, err := api.Register(ctx, who.Name+mark, who.Name+mark+"@example.org", "correct horse")
		if err != nil {
			return nil, fmt.Errorf("register %s: %w", who.Name, err)
		}
		if len(h.people) == 0 {
			room, err := api.CreateRoom(ctx, lair.NewRoom{Name: "hall" + mark})
			if err != nil {
				return nil, err
			}
			h.room = room.ID
		} else if _, err := api.JoinRoom(ctx, h.room); err != nil {
			return nil, err
		}
		link, err := lair.Dial(ctx, lair.Options{Address: who.Address, Token: session.Token, TLS: trust, MaxBackoff: time.Second})
		if err != nil {
			return nil, fmt.Errorf("connect %s: %w", who.Name, err)
		}
		h.people = append(h.people, &person{name: who.Name, api: api, link: link})
	}
	return h, nil
}

// ready waits until the load balancer has found the gateways.
func ready(ctx context.Context, client *http.Client, url string) error {
	return Until(ctx, patient, func(ctx context.Context) error {
		_, err := Get(ctx, client, url)
		return err
	})
}

// Get returns a page.
func Get(ctx context.Context, client *http.Client, url string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = errors.New(url + " says " + resp.Status)
	}
	return string(page), err
}

// Talk has everybody say something, and waits until everybody has heard it.
func (h *Hall) Talk(ctx context.Context, what string) error {
	ctx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	sent := make(chan error, len(h.people))
	for _, p := range h.people {
		text := p.name + ": " + what
		h.said = append(h.said, text)
		go func() {
			_, err := p.link.Send(ctx, lair.Draft{Target: clientv1.ToRoom(h.room), Content: text})
			sent <- err
		}()
	}
	if err := h.listen(ctx); err != nil {
		return err
	}
	var errs []error
	for range h.people {
		errs = append(errs, <-sent)
	}
	return errors.Join(errs...)
}

// Read has everybody look at what was said, many times.
func (h *Hall) Read(ctx context.Context, times int) error {
	for range times {
		for _, p := range h.people {
			if _, err := p.api.Messages(ctx, lair.MessagesQuery{Target: clientv1.ToRoom(h.room), Limit: 1}); err != nil {
				return fmt.Errorf("%s reads: %w", p.name, err)
			}
		}
	}
	return nil
}

// listen waits until everybody has heard all that was said.
func (h *Hall) listen(ctx context.Context) error {
	for _, p := range h.people {
		for len(p.heard) < len(h.said) {
			if err := p.listen(ctx); err != nil {
				return fmt.Errorf("%s has heard %d of %d: %w", p.name, len(p.heard), len(h.said), err)
			}
		}
	}
	return nil
}

func (p *person) listen(ctx context.Context) error {
	ev, err := p.link.Next(ctx)
	if err != nil {
		return err
	}
	v, err := ev.Decode()
	if err != nil {
		return err
	}
	if m, ok := v.(*clientv1.MessageReceived); ok {
		p.heard = append(p.heard, m.Message.Content)
	}
	return nil
}

// Check holds that everybody heard everything once, in the order in which it is
// stored.
func (h *Hall) Check() error {
	times := map[string]int{}
	for _, text := range h.said {
		times[text]++
	}
	first := h.people[0]
	for _, p := range h.people {
		if len(p.heard) != len(h.said) {
			return fmt.Errorf("%s has heard %d of %d", p.name, len(p.heard), len(h.said))
		}
	}
	for i, text := range first.heard {
		times[text]--
		for _, p := range h.people {
			if p.heard[i] != text {
				return fmt.Errorf("number %d is %q to %s and %q to %s", i, text, first.name, p.heard[i], p.name)
			}
		}
	}
	for text, n := range times {
		if n != 0 {
			return fmt.Errorf("%q is missing or there twice", text)
		}
	}
	Say("%d messages: each person heard each once, all in one order", len(h.said))
	return nil
}

// Close sends everybody home.
func (h *Hall) Close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	for _, p := range h.people {
		_ = p.link.Close(ctx)
	}
}

// Say tells the one who watches.
func Say(format string, args ...any) {
	fmt.Fprintln(os.Stdout, strings.TrimSpace(fmt.Sprintf(format, args...)))
}

// Since is how long it is since something began, short enough to read.
func Since(began time.Time) time.Duration { return time.Since(began).Round(10 * time.Millisecond) }
