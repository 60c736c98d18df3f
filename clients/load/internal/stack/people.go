package stack

import (
	"context"
	"fmt"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/pkg/id"
)

// People are users of the system. Many connections may share one.
type People struct {
	apis   []*lair.API
	IDs    []id.User
	Tokens []string
}

const password = "correct horse battery staple"

// Register makes n users, or logs them in if they are there; the hash of each
// password takes some 25 ms.
func (s *Stack) Register(ctx context.Context, n int) (*People, error) {
	p := &People{}
	for i := range n {
		api, err := lair.New("http://"+s.HTTP.String(), lair.APIOptions{})
		if err != nil {
			return nil, err
		}
		name := fmt.Sprintf("load%d", i)
		body, err := api.Register(ctx, name, name+"@example.org", password)
		if lair.Code(err) == "username_taken" {
			body, err = api.Login(ctx, name, password)
		}
		if err != nil {
			return nil, err
		}
		p.apis = append(p.apis, api)
		p.IDs = append(p.IDs, body.User.ID)
		p.Tokens = append(p.Tokens, body.Token)
	}
	return p, nil
}

// Moved tells the people where the gateway is now.
func (s *Stack) Moved(p *People) error {
	for i, token := range p.Tokens {
		api, err := lair.New("http://"+s.HTTP.String(), lair.APIOptions{Token: token})
		if err != nil {
			return err
		}
		p.apis[i] = api
	}
	return nil
}

// Only returns one of the people.
func (p *People) Only(i int) *People {
	return &People{apis: p.apis[i : i+1], IDs: p.IDs[i : i+1], Tokens: p.Tokens[i : i+1]}
}

// Room makes a room of which all of the people are members.
func (p *People) Room(ctx context.Context) (id.Room, error) {
	room, err := p.apis[0].CreateRoom(ctx, lair.NewRoom{Name: "load " + id.New().String()})
	if err != nil {
		return id.Room{}, err
	}
	for _, api := range p.apis[1:] {
		if _, err := api.JoinRoom(ctx, room.ID); err != nil {
			return id.Room{}, err
		}
	}
	return room.ID, nil
}

// Head returns the newest position of a room: how many events it has.
func (p *People) Head(ctx context.Context, room id.Room) (int64, error) {
	synced, err := p.apis[0].Sync(ctx, lair.Positions{}, 1)
	if err != nil {
		return 0, err
	}
	return synced.Positions.Conversations[room.Conversation()], nil
}
