package e2e

import (
	"crypto/rand"
	mathrand "math/rand/v2"
	"sync"
	"testing"
	"time"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// play is where people act at random.
type play struct {
	people []*mind

	mu    sync.Mutex
	rooms map[id.Room]clientv1.Room // as they were made
	order []id.Room
	gone  map[id.Room]bool
	said  []id.Message
	asked []id.Invitation
	done  int // what succeeded
}

func (p *play) create(t *testing.T, m *mind) {
	r, err := m.CreateRoom(soon(t), lair.NewRoom{Name: "play " + rand.Text()})
	must(t, err)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rooms[r.ID] = r
	p.order = append(p.order, r.ID)
}

func (p *play) made(r id.Room) clientv1.Room {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rooms[r]
}

// pick returns one of what there is; ok is false if there is nothing.
func pick[T any](p *play, r *mathrand.Rand, from *[]T) (v T, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(*from) == 0 {
		return v, false
	}
	return (*from)[r.IntN(len(*from))], true
}

// act does something that may or may not be allowed; both is fine, but nothing
// may break.
func (p *play) act(t *testing.T, r *mathrand.Rand, m *mind) {
	hall, _ := pick(p, r, &p.order)
	other := p.people[r.IntN(len(p.people))]
	room, member := "rooms/"+hall.String(), "/members/"+other.ID.String()
	method := "POST"
	var path string
	var body any
	switch r.IntN(16) {
	case 0, 1:
		path = room + "/join"
	case 2:
		path = room + "/leave"
	case 3:
		method, path, body = "PUT", room+member+"/role", role([]string{"owner", "moderator", "member"}[r.IntN(3)])
	case 4:
		method, path, body = "PUT", room+member+"/mute", clientv1.MuteBody{Until: new(time.Now().Add(time.Duration(1+r.IntN(9)) * time.Hour).UTC().Format(time.RFC3339))}
	case 5:
		method, path = "DELETE", room+member+"/mute"
	case 6:
		method, path = "DELETE", room+member
	case 7:
		method, path = []string{"PUT", "DELETE", "DELETE"}[r.IntN(3)], room+"/bans/"+other.ID.String()
	case 8:
		method, path, body = "PATCH", room, clientv1.UpdateRoomBody{
			Description: new(rand.Text()), Settings: &clientv1.SettingsRequest{Public: new(r.IntN(3) > 0), Moderated: new(r.IntN(4) == 0)},
		}
	case 9:
		path, body = room+"/transfer", clientv1.TransferBody{UserID: new(other.ID.String())}
	case 10:
		path, body = "invitations", clientv1.InviteBody{RoomID: new(hall.String()), UserID: new(other.ID.String())}
	case 11:
		i, _ := pick(p, r, &p.asked)
		path = "invitations/" + i.String() + []string{"/accept", "/decline"}[r.IntN(2)]
	case 12:
		which, _ := pick(p, r, &p.said)
		method, path, body = "PATCH", "messages/"+which.String(), clientv1.EditBody{Content: new(rand.Text())}
	case 13:
		which, _ := pick(p, r, &p.said)
		method, path = "DELETE", "messages/"+which.String()
	case 14:
		if r.IntN(12) == 0 {
			method, path = "DELETE", room
			break
		}
		p.say(t, m, clientv1.ToUser(other.ID))
		return
	default:
		p.say(t, m, clientv1.ToRoom(hall))
		return
	}
	var made clientv1.InvitationBody
	status, _ := m.call(t, method, path, body, &made)
	if status >= 500 {
		t.Errorf("%s %s: %d", method, path, status)
	}
	if status >= 300 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	if path == "invitations" {
		p.asked = append(p.asked, made.Invitation.ID)
	}
	if method == "DELETE" && path == room {
		p.gone[hall] = true
	}
}

func (p *play) say(t *testing.T, m *mind, target clientv1.Target) {
	sent, err := m.Send(soon(t), lair.Draft{Target: target, Content: rand.Text()})
	if err != nil {
		if code := lair.Code(err); code != "not_room_member" && code != "permission_denied" {
			t.Errorf("a message: %v", err)
		}
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	p.said = append(p.said, sent.ID)
}
