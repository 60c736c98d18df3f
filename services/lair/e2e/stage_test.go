package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/lair/internal/cluster"
)

// stage is where the people of one script act.
type stage struct {
	system *system
	suffix string // makes names unique that several scripts use
	people map[string]*actor
	rooms  map[string]id.Room
	said   map[clientv1.Place]id.Message
}

type actor struct {
	*lair.API
	user    clientv1.User
	gateway *cluster.Gateway
	have    lair.Positions // how far the actor has read
}

type stageKey struct{}

func newStage(s *system) *stage {
	return &stage{
		system: s, suffix: "_" + id.New().String()[24:], people: map[string]*actor{}, rooms: map[string]id.Room{},
	}
}

// stageCommand makes a command of a script. With ! in front it must fail.
func stageCommand(f func(*stage, context.Context, *testscript.TestScript, []string) error) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		err := f(ts.Value(stageKey{}).(*stage), ctx, ts, args)
		if code := lair.Code(err); code != "" {
			fmt.Fprintln(ts.Stderr(), code)
		} else if err != nil {
			fmt.Fprintln(ts.Stderr(), err)
		}
		if (err != nil) != neg {
			ts.Fatalf("unexpected outcome: %v", err)
		}
	}
}

// chat is "chat NAME VERB ARGUMENTS".
func (s *stage) chat(ctx context.Context, ts *testscript.TestScript, args []string) error {
	if len(args) < 2 {
		return errors.New("usage: chat name verb arguments")
	}
	name, verb, args := args[0], args[1], append(args[2:], "", "", "")
	if verb == "register" { // [last]: at the last gateway
		return s.register(ctx, name, args[0] == "last")
	}
	a := s.people[name]
	if a == nil {
		return fmt.Errorf("%s is not registered", name)
	}
	switch verb {
	case "create": // room [private]
		r, err := a.CreateRoom(ctx, lair.NewRoom{Name: args[0] + s.suffix, Private: args[1] == "private"})
		s.rooms[args[0]] = r.ID
		return err
	case "join": // room
		_, err := a.JoinRoom(ctx, s.rooms[args[0]])
		return err
	case "leave": // room
		return a.LeaveRoom(ctx, s.rooms[args[0]])
	case "members": // room
		body, err := a.Members(ctx, s.rooms[args[0]])
		for _, m := range body.Members {
			fmt.Fprintln(ts.Stdout(), s.short(m.Username), m.Role)
		}
		return err
	case "say": // room-or-person text [client_msg_id]
		m, err := a.Send(ctx, lair.Draft{Target: s.target(args[0]), Content: args[1], ClientMsgID: args[2]})
		if err == nil {
			s.remember(m)
			fmt.Fprintln(ts.Stdout(), m.Seq)
		}
		return err
	case "edit": // room-or-person seq text
		return s.edit(ctx, a, args)
	case "delete": // room-or-person seq
		return a.DeleteMessage(ctx, s.message(a, args[0], args[1]))
	case "read": // room-or-person
		body, err := a.Messages(ctx, lair.MessagesQuery{Target: s.target(args[0])})
		for _, m := range slices.Backward(body.Messages) {
			fmt.Fprintf(ts.Stdout(), "%d %s: %s\n", m.Seq, s.nameOf(m.Author), m.Content)
		}
		return err
	case "listen": // transport number
		return s.listen(ctx, ts, a, args[0], args[1])
	case "logout":
		return a.Logout(ctx)
	}
	return fmt.Errorf("there is no verb %s", verb)
}

func (s *stage) register(ctx context.Context, name string, last bool) error {
	g := s.system.first()
	if last {
		g = s.system.last()
	}
	api, err := lair.New(g.HTTP, lair.APIOptions{})
	if err != nil {
		return err
	}
	body, err := api.Register(ctx, name+s.suffix, name+s.suffix+"@example.com", password)
	if err != nil {
		return err
	}
	now, err := api.Sync(ctx, lair.Positions{}, 0)
	s.people[name] = &actor{API: api, user: body.User, gateway: g, have: now.Positions}
	return err
}

// listen connects, prints as many messages as are wanted and goes away. The
// next time it goes on from there.
func (s *stage) listen(ctx context.Context, ts *testscript.TestScript, a *actor, transport, number string) error {
	n, err := strconv.Atoi(number)
	if err != nil {
		return err
	}
	address := a.gateway.WS
	if transport == "tcp" {
		address = a.gateway.TCP
	}
	l, err := lair.Dial(ctx, lair.Options{Address: address, Token: a.Token(), Positions: a.have})
	if err != nil {
		return err
	}
	for n > 0 {
		e, err := l.Next(ctx)
		if err != nil {
			return err
		}
		if v, _ := e.Decode(); e.Type == clientv1.TypeMessageReceived {
			m := v.(*clientv1.MessageReceived)
			fmt.Fprintf(ts.Stdout(), "%d %s: %s\n", m.Seq, s.short(m.AuthorUsername), m.Message.Content)
			n--
		} else {
			n -= s.heard(ts, v)
		}
	}
	a.have = l.Positions()
	return l.Close(ctx)
}

// http is "http METHOD PATH [NAME [FILE]]": as whom, and the body.
func (s *stage) http(ctx context.Context, ts *testscript.TestScript, args []string) error {
	var body io.Reader
	if len(args) > 3 {
		body = strings.NewReader(ts.ReadFile(args[3]))
	}
	req, err := http.NewRequestWithContext(ctx, args[0], s.system.first().HTTP+args[1], body)
	if err != nil {
		return err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if len(args) > 2 && args[2] != "-" {
		req.Header.Set("Authorization", "Bearer "+s.people[args[2]].Token())
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close() // it is read
	text, err := io.ReadAll(resp.Body)
	fmt.Fprintf(ts.Stdout(), "%d %s\n", resp.StatusCode, text)
	return err
}

func (s *stage) target(to string) clientv1.Target {
	if a := s.people[to]; a != nil {
		return clientv1.ToUser(a.user.ID)
	}
	return clientv1.ToRoom(s.rooms[to])
}

func (s *stage) short(name string) string { return strings.TrimSuffix(name, s.suffix) }

func (s *stage) nameOf(u id.User) string {
	for name, a := range s.people {
		if a.user.ID == u {
			return name
		}
	}
	return u.String()
}

// expand puts in what a script cannot know: tokens and ids.
func (s *stage) expand(text string) string {
	return os.Expand(text, func(name string) string {
		kind, of, _ := strings.Cut(name, ":")
		switch kind {
		case "token":
			return s.people[of].Token()
		case "message":
			return s.messageIn(of)
		case "room":
			return s.rooms[of].String()
		case "user":
			return s.people[of].user.ID.String()
		}
		raw, _ := json.Marshal(strings.Repeat("x", 2<<20)) // ${huge}
		return string(raw)
	})
}
