package clientv1

import "github.com/lair-chat/lair/pkg/id"

// SessionExpiring says that the login of a connection ends soon, unless it is
// extended. It comes once for each end.
type SessionExpiring struct {
	Type      string     `json:"type"`
	SessionID id.Session `json:"session_id"`
	ExpiresAt Offset     `json:"expires_at"`
}
