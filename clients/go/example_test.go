package lair_test

import (
	"context"
	"fmt"
	"log"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/clients/go/internal/fakegateway"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// server stands for a real one, so that the examples run.
func server() *fakegateway.Gateway {
	g := fakegateway.New()
	if err := g.Listen(); err != nil {
		log.Fatal(err)
	}
	return g
}

// Log in, make a room, say something in it and hear it.
func Example() {
	s := server()
	defer s.Close()
	ctx := context.Background()

	api, err := lair.New(s.HTTP(), lair.APIOptions{})
	if err != nil {
		log.Fatal(err)
	}
	session, err := api.Login(ctx, "ann", "correct horse")
	if err != nil {
		log.Fatal(err)
	}
	room, err := api.CreateRoom(ctx, lair.NewRoom{Name: "hall"})
	if err != nil {
		log.Fatal(err)
	}
	link, err := lair.Dial(ctx, lair.Options{Address: s.TCP(), Token: session.Token})
	if err != nil {
		log.Fatal(err)
	}
	defer link.Close(ctx)

	m, err := link.Send(ctx, lair.Draft{Target: clientv1.ToRoom(room.ID), Content: "good morning"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("stored as number", m.Seq)

	for ev := range link.Events() {
		v, err := ev.Decode()
		if err != nil {
			log.Fatal(err)
		}
		if m, ok := v.(*clientv1.MessageReceived); ok {
			fmt.Printf("%s: %s\n", m.AuthorUsername, m.Message.Content)
			break
		}
	}
	// Output:
	// stored as number 1
	// ann: good morning
}

// Stop, and go on later without missing anything.
func ExampleLink_Positions() {
	s := server()
	defer s.Close()
	ctx := context.Background()
	hall := s.Room("hall", "ann", "bob")

	link, err := lair.Dial(ctx, lair.Options{Address: s.WS(), Token: "bob"})
	if err != nil {
		log.Fatal(err)
	}
	stored := link.Positions()
	if err := link.Close(ctx); err != nil {
		log.Fatal(err)
	}

	s.Say(hall, "ann", "is anybody there?")

	link, err = lair.Dial(ctx, lair.Options{Address: s.WS(), Token: "bob", Positions: stored})
	if err != nil {
		log.Fatal(err)
	}
	defer link.Close(ctx)
	ev, err := link.Next(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(ev.Type, ev.Seq)
	// Output: message_received 1
}

// Several messages on their way at once, stored in the order of the calls.
func ExampleLink_Post() {
	s := server()
	defer s.Close()
	ctx := context.Background()
	hall := clientv1.ToRoom(s.Room("hall", "ann"))

	link, err := lair.Dial(ctx, lair.Options{Address: s.TCP(), Token: "ann"})
	if err != nil {
		log.Fatal(err)
	}
	defer link.Close(ctx)
	var posted []*lair.Posted
	for _, line := range []string{"one", "two", "three"} {
		p, err := link.Post(ctx, lair.Draft{Target: hall, Content: line})
		if err != nil {
			log.Fatal(err)
		}
		posted = append(posted, p)
	}
	for _, p := range posted {
		m, err := p.Wait(ctx)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(m.Seq, m.Content)
	}
	// Output:
	// 1 one
	// 2 two
	// 3 three
}

// Refusals have codes.
func ExampleCode() {
	s := server()
	defer s.Close()
	ctx := context.Background()
	den := clientv1.ToRoom(s.Room("den", "bob"))

	link, err := lair.Dial(ctx, lair.Options{Address: s.TCP(), Token: "ann"})
	if err != nil {
		log.Fatal(err)
	}
	defer link.Close(ctx)
	_, err = link.Send(ctx, lair.Draft{Target: den, Content: "let me in"})
	fmt.Println(lair.Code(err))
	// Output: not_room_member
}
