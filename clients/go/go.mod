module github.com/lair-chat/lair/clients/go

go 1.26.0

require (
	github.com/lair-chat/lair/pkg v0.0.0
	github.com/lair-chat/lair/proto v0.0.0
)

replace (
	github.com/lair-chat/lair/pkg => ../../pkg
	github.com/lair-chat/lair/proto => ../../proto
)
