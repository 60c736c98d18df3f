package clientv1

import (
	"encoding/json"

	"github.com/lair-chat/lair/pkg/id"
)

// Block is somebody whom one does not want to hear.
type Block struct {
	UserID   id.User `json:"user_id"`
	Username string  `json:"username"`
	// CreatedAt is nil for a block from before that was noted.
	CreatedAt *Time `json:"created_at"`
}

// BlocksBody answers GET /api/v1/users/me/blocks, the newest first.
type BlocksBody struct {
	Blocks  []Block `json:"blocks"`
	HasMore bool    `json:"has_more"`
}

// AccountBody answers GET /api/v1/admin/users/{user_id}. Ban is nil unless the
// user is banned now.
type AccountBody struct {
	User   User        `json:"user"`
	Online bool        `json:"online"`
	Ban    *AccountBan `json:"ban"`
}

// AccountBan keeps a user out. Until is nil if that is for good.
type AccountBan struct {
	Reason string `json:"reason"`
	Until  *Time  `json:"until"`
}

// RemoveRoomBody is the body of DELETE /api/v1/admin/rooms/{room_id}.
type RemoveRoomBody struct {
	Reason *string `json:"reason"`
}

// UserUpdated shows a user whose display name, e-mail address or role in the
// system has changed. The address is empty for others.
type UserUpdated struct {
	Type string `json:"type"`
	User User   `json:"user"`
}

// UnmarshalJSON implements json.Unmarshaler. As in 0.8, max_members that is null
// takes the limit away.
func (b *UpdateRoomBody) UnmarshalJSON(text []byte) error {
	type plain UpdateRoomBody
	if err := json.Unmarshal(text, (*plain)(b)); err != nil || b.Settings == nil || b.Settings.MaxMembers != nil {
		return err
	}
	var given struct {
		Settings map[string]json.RawMessage `json:"settings"`
	}
	err := json.Unmarshal(text, &given)
	if string(given.Settings["max_members"]) == "null" {
		b.Settings.MaxMembers = new(uint32(0))
	}
	return err
}
