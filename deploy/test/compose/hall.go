package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"time"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

const (
	web     = "https://localhost:18443"
	socket  = "wss://localhost:18443/ws"
	plain   = "http://localhost:18082"
	tcp     = "tcp://localhost:18080"
	patient = 60 * time.Second
)

// person is somebody in the hall.
type person struct {
	name  string
	link  *lair.Link
	heard []string
}

// hall is the room in which everybody talks.
type hall struct {
	room   id.Room
	people []*person
	said   []string
}

// open has three people meet, two of them on WebSockets, one on TCP.
func open(ctx context.Context) (*hall, error) {
	pem, err := os.ReadFile("deploy/compose/secrets/certificate.pem")
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, errors.New("the certificate cannot be read")
	}
	trust := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: trust, ForceAttemptHTTP2: true}}
	if err := ready(ctx, client); err != nil {
		return nil, err
	}
	h := &hall{}
	mark := strconv.FormatInt(time.Now().Unix(), 36)
	for _, who := range []struct{ name, web, address string }{{"ann", web, socket}, {"bob", web, socket}, {"cas", plain, tcp}} {
		api, err := lair.New(who.web, lair.APIOptions{HTTP: client})
		if err != nil {
			return nil, err
		}
		session, err := api.Register(ctx, who.name+mark, who.name+mark+"@example.org", "correct horse")
		if err != nil {
			return nil, fmt.Errorf("register %s: %w", who.name, err)
		}
		if who.name == "ann" {
			room, err := api.CreateRoom(ctx, lair.NewRoom{Name: "hall" + mark})
			if err != nil {
				return nil, err
			}
			h.room = room.ID
		} else if _, err := api.JoinRoom(ctx, h.room); err != nil {
			return nil, err
		}
		link, err := lair.Dial(ctx, lair.Options{Address: who.address, Token: session.Token, TLS: trust, MaxBackoff: time.Second})
		if err != nil {
			return nil, fmt.Errorf("connect %s: %w", who.name, err)
		}
		h.people = append(h.people, &person{name: who.name, link: link})
	}
	return h, nil
}

// ready waits until the load balancer has found the gateways.
func ready(ctx context.Context, client *http.Client) error {
	ctx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	for {
		_, err := get(ctx, client, web+"/ready")
		if err == nil || ctx.Err() != nil {
			return err
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// talk has everybody say something, and waits until everybody has heard it.
func (h *hall) talk(ctx context.Context, what string) error {
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
	for _, p := range h.people {
		for len(p.heard) < len(h.said) {
			if err := p.listen(ctx); err != nil {
				return fmt.Errorf("%s has heard %d of %d: %w", p.name, len(p.heard), len(h.said), err)
			}
		}
	}
	var errs []error
	for range h.people {
		errs = append(errs, <-sent)
	}
	return errors.Join(errs...)
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

// check holds that everybody heard everything once, in the order in which it is
// stored.
func (h *hall) check(context.Context) error {
	times := map[string]int{}
	for _, text := range h.said {
		times[text]++
	}
	for i, text := range h.people[0].heard {
		times[text]--
		for _, p := range h.people {
			if p.heard[i] != text {
				return fmt.Errorf("number %d is %q to ann and %q to %s", i, text, p.heard[i], p.name)
			}
		}
	}
	for text, n := range times {
		if n != 0 {
			return fmt.Errorf("%q is missing or there twice", text)
		}
	}
	say("%d messages: each person heard each once, all in one order", len(h.said))
	return nil
}

func (h *hall) close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	for _, p := range h.people {
		_ = p.link.Close(ctx)
	}
}
