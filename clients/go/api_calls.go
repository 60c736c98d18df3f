package lair

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// Register makes a user and logs in. The API uses the token from now on.
// Refusals: username_invalid, username_taken, email_invalid, email_taken,
// password_too_weak.
func (a *API) Register(ctx context.Context, username, email, password string) (clientv1.SessionBody, error) {
	return a.enter(ctx, "auth/register", clientv1.RegisterBody{Username: &username, Email: &email, Password: &password})
}

// Login begins a session; identifier is a user name or an e-mail address. The
// API uses the token from now on. Refusal: invalid_credentials.
func (a *API) Login(ctx context.Context, identifier, password string) (clientv1.SessionBody, error) {
	return a.enter(ctx, "auth/login", clientv1.LoginBody{Identifier: &identifier, Password: &password})
}

func (a *API) enter(ctx context.Context, path string, body any) (clientv1.SessionBody, error) {
	s, err := exchange[clientv1.SessionBody](ctx, a, http.MethodPost, path, nil, body)
	if err == nil {
		a.setToken(s.Token)
	}
	return s, err
}

// Logout ends the session. The token is of no more use.
func (a *API) Logout(ctx context.Context) error {
	_, err := exchange[clientv1.SuccessBody](ctx, a, http.MethodPost, "auth/logout", nil, nil)
	if err == nil {
		a.setToken("")
	}
	return err
}

// Refresh gets a new token for the session. The API uses it from now on.
func (a *API) Refresh(ctx context.Context) (clientv1.TokenBody, error) {
	t, err := exchange[clientv1.TokenBody](ctx, a, http.MethodPost, "auth/refresh", nil, nil)
	if err == nil {
		a.setToken(t.Token)
	}
	return t, err
}

// Me returns the user of the session.
func (a *API) Me(ctx context.Context) (clientv1.User, error) {
	v, err := exchange[clientv1.UserBody](ctx, a, http.MethodGet, "users/me", nil, nil)
	return v.User, err
}

// Users lists users by name. A limit of 0 means that of the server.
func (a *API) Users(ctx context.Context, limit, offset uint32) (clientv1.UsersBody, error) {
	return exchange[clientv1.UsersBody](ctx, a, http.MethodGet, "users", page(limit, offset), nil)
}

// NewRoom is a room that is to be made.
type NewRoom struct {
	Name        string
	Description string // "" is none
	Private     bool
	MaxMembers  uint32 // 0 is no limit
}

func (r NewRoom) body() clientv1.CreateRoomBody {
	b := clientv1.CreateRoomBody{Name: &r.Name}
	if r.Description != "" {
		b.Description = &r.Description
	}
	if r.Private || r.MaxMembers > 0 {
		b.Settings = &clientv1.SettingsRequest{Public: new(!r.Private)}
		if r.MaxMembers > 0 {
			b.Settings.MaxMembers = &r.MaxMembers
		}
	}
	return b
}

// CreateRoom makes a room of which one is the owner. Refusals:
// room_name_invalid, room_name_taken.
func (a *API) CreateRoom(ctx context.Context, r NewRoom) (clientv1.Room, error) {
	v, err := exchange[clientv1.RoomBody](ctx, a, http.MethodPost, "rooms", nil, r.body())
	return v.Room, err
}

// RoomsQuery chooses rooms. The zero value is the first page of the public ones.
type RoomsQuery struct {
	Search     string
	JoinedOnly bool // those that one is a member of, private ones too
	Limit      uint32
	Offset     uint32
}

// Rooms lists rooms by name.
func (a *API) Rooms(ctx context.Context, q RoomsQuery) (clientv1.RoomsBody, error) {
	v := page(q.Limit, q.Offset)
	if q.Search != "" {
		v.Set("search", q.Search)
	}
	if q.JoinedOnly {
		v.Set("joined_only", "true")
	}
	return exchange[clientv1.RoomsBody](ctx, a, http.MethodGet, "rooms", v, nil)
}

// Room returns a room, one's membership if there is one, and how many members
// it has. Refusal: room_not_found.
func (a *API) Room(ctx context.Context, r id.Room) (clientv1.RoomDetailBody, error) {
	return exchange[clientv1.RoomDetailBody](ctx, a, http.MethodGet, "rooms/"+r.String(), nil, nil)
}

// JoinRoom becomes a member. Refusals: room_not_found, room_private,
// already_member, room_full.
func (a *API) JoinRoom(ctx context.Context, r id.Room) (clientv1.JoinBody, error) {
	return exchange[clientv1.JoinBody](ctx, a, http.MethodPost, "rooms/"+r.String()+"/join", nil, nil)
}

// LeaveRoom ends a membership. Refusals: room_not_found, not_room_member,
// last_owner.
func (a *API) LeaveRoom(ctx context.Context, r id.Room) error {
	_, err := exchange[clientv1.SuccessBody](ctx, a, http.MethodPost, "rooms/"+r.String()+"/leave", nil, nil)
	return err
}

// Members returns all members of a room of which one is a member oneself.
func (a *API) Members(ctx context.Context, r id.Room) (clientv1.MembersBody, error) {
	return exchange[clientv1.MembersBody](ctx, a, http.MethodGet, "rooms/"+r.String()+"/members", nil, nil)
}

// Send stores a message. After an error without a code it may be called again
// with the same ClientMsgID, which the caller must have chosen for that.
func (a *API) Send(ctx context.Context, d Draft) (clientv1.Message, error) {
	d, err := d.checked(clientv1.TargetDirectRequest)
	if err != nil {
		return clientv1.Message{}, err
	}
	v, err := exchange[clientv1.MessageBody](ctx, a, http.MethodPost, "messages", nil,
		clientv1.SendBody{Target: &d.Target, Content: &d.Content, ClientMsgID: &d.ClientMsgID})
	return v.Message, err
}

// MessagesQuery chooses messages of a conversation: the newest, or those on one
// side of a position.
type MessagesQuery struct {
	Target    clientv1.Target
	Limit     uint32 // 0 is 50; at most 100
	BeforeSeq int64  // 0 is none
	AfterSeq  *int64 // nil is none; not together with BeforeSeq
}

// Messages returns messages of a conversation, the newest first.
func (a *API) Messages(ctx context.Context, q MessagesQuery) (clientv1.MessagesBody, error) {
	v := page(q.Limit, 0)
	t := spelled(q.Target, clientv1.TargetDirectRequest)
	v.Set("target_type", t.Type)
	v.Set("target_id", t.RoomID+t.Recipient) // one of them is ""
	if q.BeforeSeq > 0 {
		v.Set("before_seq", strconv.FormatInt(q.BeforeSeq, 10))
	}
	if q.AfterSeq != nil {
		v.Set("after_seq", strconv.FormatInt(*q.AfterSeq, 10))
	}
	return exchange[clientv1.MessagesBody](ctx, a, http.MethodGet, "messages", v, nil)
}

// Synced is what happened after a position.
type Synced struct {
	Conversations []clientv1.Conversation
	Events        []Event   // in order within each conversation
	Positions     Positions // to ask with next
	UserReset     bool      // one's own sequence does not join up
	HasMore       bool      // ask again at once
}

// Sync returns what happened after the positions, at most limit events (0 means
// as many as the server likes). It is to polling what a Link is to a
// connection. A conversation that is flagged Reset does not join up with what
// one has.
func (a *API) Sync(ctx context.Context, p Positions, limit int) (Synced, error) {
	body := clientv1.SyncBody{Positions: p.Conversations, UserSeq: p.UserSeq}
	if limit > 0 {
		body.Limit = &limit
	}
	type result struct { // the events as they came, not decoded
		clientv1.SyncResult
		Events []json.RawMessage `json:"events"`
	}
	r, err := exchange[result](ctx, a, http.MethodPost, "sync", nil, body)
	if err != nil {
		return Synced{}, err
	}
	s := Synced{
		Conversations: r.Conversations, UserReset: r.UserReset, HasMore: r.HasMore,
		Positions: Positions{Conversations: r.Positions, UserSeq: new(r.UserSeq)},
		Events:    make([]Event, 0, len(r.Events)),
	}
	for _, raw := range r.Events {
		f, err := decodeFrame(raw)
		if err != nil {
			return Synced{}, err
		}
		s.Events = append(s.Events, f.event())
	}
	return s, nil
}

func page(limit, offset uint32) url.Values {
	v := url.Values{}
	if limit > 0 {
		v.Set("limit", strconv.FormatUint(uint64(limit), 10))
	}
	if offset > 0 {
		v.Set("offset", strconv.FormatUint(uint64(offset), 10))
	}
	return v
}
