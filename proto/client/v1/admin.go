package clientv1

import "github.com/lair-chat/lair/pkg/id"

// BanBody is the body of POST /api/v1/admin/users/{user_id}/ban. Without Until,
// in RFC 3339, the ban is for good.
type BanBody struct {
	Reason *string `json:"reason"`
	Until  *string `json:"until"`
}

// NoticeBody is the body of POST /api/v1/admin/notices.
type NoticeBody struct {
	Message  *string `json:"message"`
	Severity *string `json:"severity"`
}

// ResetBody answers POST /api/v1/admin/users/{user_id}/reset-password.
type ResetBody struct {
	Token     string `json:"token"`
	ExpiresAt Time   `json:"expires_at"`
}

// ResetPasswordBody is the body of POST /api/v1/auth/reset-password.
type ResetPasswordBody struct {
	Token       *string `json:"token"`
	NewPassword *string `json:"new_password"`
}

// Act is an entry of the audit log.
type Act struct {
	ID      id.UUID  `json:"id"`
	At      Time     `json:"at"`
	Kind    string   `json:"kind"`
	Actor   *id.User `json:"actor,omitempty"`   // who did it, if somebody was logged in
	Subject *id.User `json:"subject,omitempty"` // whose account it is about
	Address string   `json:"address"`
	Detail  string   `json:"detail"`
}

// AuditBody answers GET /api/v1/admin/audit, the newest first. Cursor is what to
// ask with for the next page; it is left out when there is none.
type AuditBody struct {
	Entries []Act  `json:"entries"`
	HasMore bool   `json:"has_more"`
	Cursor  string `json:"cursor,omitempty"`
}

// Count is a number of things. It is an estimate if there are too
// many to count.
type Count struct {
	Total int64 `json:"total"`
	Exact bool  `json:"exact"`
}

// Stats is what there is in all. The first three are those of 0.8.
type Stats struct {
	TotalUsers  int64 `json:"total_users"`
	TotalRooms  int64 `json:"total_rooms"`
	OnlineUsers int64 `json:"online_users"`

	Users    Count `json:"users"`
	Online   Count `json:"online"`
	Sessions Count `json:"sessions"`
	Rooms    Count `json:"rooms"`
	Messages Count `json:"messages"`
}

// StatsBody answers GET /api/v1/admin/stats.
type StatsBody struct {
	Stats Stats `json:"stats"`
}
