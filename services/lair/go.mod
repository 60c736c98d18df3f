module github.com/lair-chat/lair/services/lair

go 1.26.0

require (
	github.com/lair-chat/lair/pkg v0.0.0
	github.com/lair-chat/lair/proto v0.0.0
	github.com/lair-chat/lair/clients/go v0.0.0
	github.com/lair-chat/lair/services/auth v0.0.0
	github.com/lair-chat/lair/services/room v0.0.0
	github.com/lair-chat/lair/services/message v0.0.0
	github.com/lair-chat/lair/services/presence v0.0.0
	github.com/lair-chat/lair/services/gateway v0.0.0
	github.com/lair-chat/lair/services/internal/journal v0.0.0
)

replace (
	github.com/lair-chat/lair/pkg => ../../pkg
	github.com/lair-chat/lair/proto => ../../proto
	github.com/lair-chat/lair/clients/go => ../../clients/go
	github.com/lair-chat/lair/services/auth => ../../services/auth
	github.com/lair-chat/lair/services/room => ../../services/room
	github.com/lair-chat/lair/services/message => ../../services/message
	github.com/lair-chat/lair/services/presence => ../../services/presence
	github.com/lair-chat/lair/services/gateway => ../../services/gateway
	github.com/lair-chat/lair/services/internal/journal => ../../services/internal/journal
)
