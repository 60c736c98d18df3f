package clientv1

import "github.com/lair-chat/lair/pkg/id"

// Invitation asks a user to come into a room.
type Invitation struct {
	ID          id.Invitation `json:"id"`
	RoomID      id.Room       `json:"room_id"`
	RoomName    string        `json:"room_name"`
	InviterID   id.User       `json:"inviter_id"`
	InviterName string        `json:"inviter_name"`
	InviteeID   id.User       `json:"invitee_id"`
	InviteeName string        `json:"invitee_name"`
	Status      string        `json:"status"` // pending, accepted, declined, cancelled, expired
	// Message is always nil: 0.8 has it and never fills it in.
	Message     *string `json:"message"`
	CreatedAt   Time    `json:"created_at"`
	ExpiresAt   Time    `json:"expires_at"`
	RespondedAt *Time   `json:"responded_at"`
}

// MemberRoleChanged says that a member has another role now.
type MemberRoleChanged struct {
	Type string `json:"type"`
	Place
	RoomID    id.Room `json:"room_id"`
	UserID    id.User `json:"user_id"`
	Username  string  `json:"username"`
	OldRole   string  `json:"old_role"`
	NewRole   string  `json:"new_role"`
	ChangedBy id.User `json:"changed_by"`
}

// RoomUpdated shows a room as it is after a change.
type RoomUpdated struct {
	Type string `json:"type"`
	Place
	Room      Room    `json:"room"`
	ChangedBy id.User `json:"changed_by"`
}

// RoomDeleted is the last event of a room: nobody is a member any more.
type RoomDeleted struct {
	Type string `json:"type"`
	Place
	RoomID    id.Room `json:"room_id"`
	RoomName  string  `json:"room_name"`
	DeletedBy id.User `json:"deleted_by"`
}

// MemberMuted says until when a member may not send; without Until it may.
type MemberMuted struct {
	Type string `json:"type"`
	Place
	RoomID  id.Room `json:"room_id"`
	UserID  id.User `json:"user_id"`
	Until   *Time   `json:"until,omitempty"`
	MutedBy id.User `json:"muted_by"`
}

// InvitationEvent is invitation_received, which the invitee gets, or
// invitation_changed, which both people get. It stands in one's own sequence.
type InvitationEvent struct {
	Type       string     `json:"type"`
	UserSeq    int64      `json:"user_seq"`
	Invitation Invitation `json:"invitation"`
}

// InvitationResponse answers invite_to_room.
type InvitationResponse struct {
	Response
	Invitation *Invitation `json:"invitation,omitempty"`
}

// MembershipResponse answers accept_invitation.
type MembershipResponse struct {
	Response
	Membership *Membership `json:"membership,omitempty"`
}

// InvitationsResponse answers list_invitations, the newest first.
type InvitationsResponse struct {
	Response
	Invitations []Invitation `json:"invitations,omitzero"`
}

// UpdateRoomBody is the body of PATCH /api/v1/rooms/{room_id}. What is absent
// stays as it is.
type UpdateRoomBody struct {
	Name        *string          `json:"name"`
	Description *string          `json:"description"`
	Settings    *SettingsRequest `json:"settings"`
}

// RoleBody is the body of PUT /api/v1/rooms/{room_id}/members/{user_id}/role.
type RoleBody struct {
	Role *string `json:"role"`
}

// MuteBody is the body of PUT /api/v1/rooms/{room_id}/members/{user_id}/mute.
// Until is a time of RFC 3339; absent, the mute has no end.
type MuteBody struct {
	Until *string `json:"until"`
}

// TransferBody is the body of POST /api/v1/rooms/{room_id}/transfer.
type TransferBody struct {
	UserID *string `json:"user_id"`
}

// MemberBody answers what changes a member.
type MemberBody struct {
	Member Member `json:"member"`
}

// Ban keeps a user out of a room.
type Ban struct {
	UserID    id.User `json:"user_id"`
	Username  string  `json:"username"`
	BannedBy  id.User `json:"banned_by"`
	CreatedAt Time    `json:"created_at"`
}

// BansBody answers GET /api/v1/rooms/{room_id}/bans, the newest first.
type BansBody struct {
	Bans []Ban `json:"bans"`
}

// InviteBody is the body of POST /api/v1/invitations.
type InviteBody struct {
	RoomID *string `json:"room_id"`
	UserID *string `json:"user_id"`
}

// InvitationBody answers POST /api/v1/invitations.
type InvitationBody struct {
	Invitation Invitation `json:"invitation"`
}

// InvitationsBody answers GET /api/v1/invitations, the newest first.
type InvitationsBody struct {
	Invitations []Invitation `json:"invitations"`
	HasMore     bool         `json:"has_more"`
}
