package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/deploy/test/hall"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// person has a room and writes in it over HTTP.
type person struct {
	*lair.API
	target clientv1.Target
}

func newPerson(web string, trust *tls.Config) (*person, error) {
	api, err := lair.New(web, lair.APIOptions{HTTP: &http.Client{Transport: &http.Transport{TLSClientConfig: trust.Clone(), ForceAttemptHTTP2: true}}})
	return &person{API: api}, err
}

// arrive registers somebody who makes a room.
func arrive(ctx context.Context, web string, trust *tls.Config) (*person, error) {
	p, err := newPerson(web, trust)
	if err != nil {
		return nil, err
	}
	name := "p" + strconv.FormatInt(time.Now().UnixNano(), 36)
	if _, err := p.Register(ctx, name, name+"@example.org", "correct horse"); err != nil {
		return nil, err
	}
	room, err := p.CreateRoom(ctx, lair.NewRoom{Name: "room of " + name})
	p.target = clientv1.ToRoom(room.ID)
	return p, err
}

func (p *person) say(ctx context.Context, text string) (seq int64, err error) {
	m, err := p.Send(ctx, lair.Draft{Target: p.target, Content: text})
	return m.Seq, err
}

// remembers holds what is in the room, the newest first.
func (p *person) remembers(ctx context.Context, want ...string) error {
	page, err := p.Messages(ctx, lair.MessagesQuery{Target: p.target})
	if err != nil {
		return err
	}
	var got []string
	for _, m := range page.Messages {
		got = append(got, m.Content)
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("in the room is %q, not %q", got, want)
	}
	return nil
}

// goesOn holds that of two messages the first was brought back and the second was not,
// that the login still is one, and that new messages have positions nobody had before.
func (p *person) goesOn(ctx context.Context, kept string) error {
	// The balancer has to find the gateways first.
	if err := hall.Until(ctx, time.Minute, func(ctx context.Context) error { return p.remembers(ctx, kept) }); err != nil {
		return err
	}
	seq, err := p.say(ctx, "after the restore")
	if err == nil && seq < 1e9 {
		err = errors.New("a message got the position " + strconv.FormatInt(seq, 10))
	}
	if err == nil {
		err = p.remembers(ctx, "after the restore", kept)
	}
	return err
}
