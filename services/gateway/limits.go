package gateway

import (
	"time"

	"github.com/lair-chat/lair/pkg/limit"
	"github.com/lair-chat/lair/services/gateway/internal/quota"
)

// Limits say how often clients may do what. 0 is no limit.
type Limits struct {
	Auth          uint32 `env:"LAIR_LIMIT_AUTH" envDefault:"10" desc:"Logins, registrations, refreshs and changes of passwords in a minute for each address. 0 is no limit."`
	Messages      uint32 `env:"LAIR_LIMIT_MESSAGES" envDefault:"30" desc:"Messages, and changes to messages, in a minute for each user. 0 is no limit."`
	MessagesBurst uint32 `env:"LAIR_LIMIT_MESSAGES_BURST" envDefault:"30" desc:"Messages at once for who has been silent; 0 is as many as in a minute."`
	Address       uint32 `env:"LAIR_LIMIT_ADDRESS" envDefault:"100" desc:"Other requests without a login in a minute for each address; of IPv6 for each /64. 0 is no limit."`
	User          uint32 `env:"LAIR_LIMIT_USER" envDefault:"1000" desc:"Other requests in a minute for each user. 0 is no limit."`
}

func (l Limits) rules() quota.Rules {
	return quota.Rules{
		Auth:     limit.Rule{Name: "auth", PerMinute: int(l.Auth)},
		Messages: limit.Rule{Name: "messages", PerMinute: int(l.Messages), Burst: int(l.MessagesBurst)},
		Address:  limit.Rule{Name: "address", PerMinute: int(l.Address)},
		User:     limit.Rule{Name: "user", PerMinute: int(l.User)},
	}
}

// quota returns the limits on the limiter of the needs, or on one of this
// process alone.
func (n Needs) quota() *quota.Quota {
	l := n.Limiter
	if l == nil {
		l = limit.NewMemory(time.Now)
	}
	return quota.New(l, n.Config.Limits.rules())
}
