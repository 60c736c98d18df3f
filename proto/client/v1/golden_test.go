package clientv1_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// The golden files are the truth about the wire: testdata/TYPE.json is a frame
// of the type, testdata/TYPE.VARIANT.json another one.

// server knows the Go type of each type of frame that servers send. Everything
// else is a command.
var server = map[string]func() any{
	clientv1.TypeServerHello: frame[clientv1.ServerHello],
	clientv1.TypePong:        frame[clientv1.Pong],
	clientv1.TypeError:       frame[clientv1.ErrorFrame],
	clientv1.TypeReset:       frame[clientv1.Reset],
	clientv1.TypeReconnect:   frame[clientv1.Reconnect],

	clientv1.TypeResponse(clientv1.TypeKeyExchange):    frame[clientv1.KeyExchangeResponse],
	clientv1.TypeResponse(clientv1.TypeAuthenticate):   frame[clientv1.SessionResponse],
	clientv1.TypeResponse(clientv1.TypeLogin):          frame[clientv1.SessionResponse],
	clientv1.TypeResponse(clientv1.TypeRegister):       frame[clientv1.SessionResponse],
	clientv1.TypeResponse(clientv1.TypeLogout):         frame[clientv1.Response],
	clientv1.TypeResponse(clientv1.TypeResume):         frame[clientv1.ResumeResponse],
	clientv1.TypeResponse(clientv1.TypeSendMessage):    frame[clientv1.MessageResponse],
	clientv1.TypeResponse(clientv1.TypeGetMessages):    frame[clientv1.MessagesResponse],
	clientv1.TypeResponse(clientv1.TypeEditMessage):    frame[clientv1.MessageResponse],
	clientv1.TypeResponse(clientv1.TypeDeleteMessage):  frame[clientv1.Response],
	clientv1.TypeResponse(clientv1.TypeCreateRoom):     frame[clientv1.RoomResponse],
	clientv1.TypeResponse(clientv1.TypeGetRoom):        frame[clientv1.RoomResponse],
	clientv1.TypeResponse(clientv1.TypeListRooms):      frame[clientv1.RoomsResponse],
	clientv1.TypeResponse(clientv1.TypeJoinRoom):       frame[clientv1.RoomResponse],
	clientv1.TypeResponse(clientv1.TypeLeaveRoom):      frame[clientv1.Response],
	clientv1.TypeResponse(clientv1.TypeGetUser):        frame[clientv1.UserResponse],
	clientv1.TypeResponse(clientv1.TypeListUsers):      frame[clientv1.UsersResponse],
	clientv1.TypeResponse(clientv1.TypeGetCurrentUser): frame[clientv1.UserResponse],

	clientv1.TypeMessageReceived:   frame[clientv1.MessageReceived],
	clientv1.TypeMessageEdited:     frame[clientv1.MessageEdited],
	clientv1.TypeMessageDeleted:    frame[clientv1.MessageDeleted],
	clientv1.TypeUserJoinedRoom:    frame[clientv1.UserJoinedRoom],
	clientv1.TypeUserLeftRoom:      frame[clientv1.UserLeftRoom],
	clientv1.TypeUserOnline:        frame[clientv1.UserPresence],
	clientv1.TypeUserOffline:       frame[clientv1.UserPresence],
	clientv1.TypeUserTyping:        frame[clientv1.UserTyping],
	clientv1.TypeServerNotice:      frame[clientv1.ServerNotice],
	clientv1.TypeSessionExpiring:   frame[clientv1.SessionExpiring],
	clientv1.TypeConversationAdded: frame[clientv1.ConversationAdded],
	clientv1.TypeUserUpdated:       frame[clientv1.UserUpdated],
	clientv1.TypeReadMarked:        frame[clientv1.ReadMarked],
	clientv1.TypeUnknownEvent:      frame[clientv1.UnknownEvent],
	"unknown_event.user":           frame[clientv1.UnknownUserEvent],

	clientv1.TypeMemberRoleChanged:  frame[clientv1.MemberRoleChanged],
	clientv1.TypeRoomUpdated:        frame[clientv1.RoomUpdated],
	clientv1.TypeRoomDeleted:        frame[clientv1.RoomDeleted],
	clientv1.TypeMemberMuted:        frame[clientv1.MemberMuted],
	clientv1.TypeInvitationReceived: frame[clientv1.InvitationEvent],
	clientv1.TypeInvitationChanged:  frame[clientv1.InvitationEvent],

	clientv1.TypeResponse(clientv1.TypeInviteToRoom):      frame[clientv1.InvitationResponse],
	clientv1.TypeResponse(clientv1.TypeAcceptInvitation):  frame[clientv1.MembershipResponse],
	clientv1.TypeResponse(clientv1.TypeDeclineInvitation): frame[clientv1.Response],
	clientv1.TypeResponse(clientv1.TypeListInvitations):   frame[clientv1.InvitationsResponse],
}

func frame[T any]() any { return new(T) }

// silent are the commands without a response of their own.
var silent = []string{clientv1.TypeClientHello, clientv1.TypePing, clientv1.TypeTyping}

// golden is one file.
type golden struct {
	name, kind string // with and without the variant
	text       []byte
}

func (g golden) decode(t *testing.T) any {
	t.Helper()
	create := server[g.name]
	if create == nil {
		create = server[g.kind]
	}
	if create == nil {
		create = frame[clientv1.Command]
	}
	v := create()
	if err := json.Unmarshal(g.text, v); err != nil {
		t.Fatal(err)
	}
	return v
}

func goldens(t *testing.T) []golden {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	var list []golden
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		kind, _, _ := strings.Cut(name, ".")
		list = append(list, golden{name, kind, bytes.TrimSuffix(text, []byte("\n"))})
	}
	return list
}

func tree(t *testing.T, text []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func TestWhatIsReadIsWrittenAgain(t *testing.T) {
	for _, g := range goldens(t) {
		t.Run(g.name, func(t *testing.T) {
			text, err := json.Marshal(g.decode(t))
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(tree(t, text), tree(t, g.text)) {
				t.Errorf("got\n%s\nwant\n%s", text, g.text)
			}
		})
	}
}

func TestGoldenFilesAreAsOnTheWire(t *testing.T) {
	for _, g := range goldens(t) {
		var compact bytes.Buffer
		if err := json.Compact(&compact, g.text); err != nil {
			t.Fatal(g.name, err)
		}
		if !bytes.Equal(compact.Bytes(), g.text) {
			t.Errorf("%s: not one line without spaces", g.name)
		}
		if got := tree(t, g.text).(map[string]any)["type"]; got != g.kind {
			t.Errorf("%s: has the type %v", g.name, got)
		}
	}
}

// declared returns the values of the constants of the package that begin with
// Type and are types of frames.
func declared(t *testing.T) map[string]string {
	t.Helper()
	types := map[string]string{}
	for _, file := range []string{"command.go", "event.go", "frame.go"} {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if ok && strings.HasPrefix(spec.Names[0].Name, "Type") {
				value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				types[spec.Names[0].Name] = value
			}
			return true
		})
	}
	return types
}

func TestEveryTypeHasAGoldenFile(t *testing.T) {
	files := map[string]bool{}
	for _, g := range goldens(t) {
		files[g.name] = true
	}
	types := declared(t)
	if len(types) < 30 {
		t.Fatalf("only %d types were found", len(types))
	}
	known := map[string]bool{}
	for name, kind := range types {
		known[kind] = true
		if !files[kind] {
			t.Errorf("%s has no testdata/%s.json", name, kind)
		}
		response := clientv1.TypeResponse(kind)
		known[response] = true
		if command := server[kind] == nil; command && !slices.Contains(silent, kind) && !files[response] {
			t.Errorf("%s has no testdata/%s.json", name, response)
		}
	}
	for _, g := range goldens(t) {
		if !known[g.kind] {
			t.Errorf("%s.json is of a type that is not declared", g.name)
		}
	}
}
