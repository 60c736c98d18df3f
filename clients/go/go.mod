module github.com/lair-chat/lair/clients/go

go 1.26.0

require (
	github.com/coder/websocket v1.8.15
	github.com/lair-chat/lair/pkg v0.0.0
	github.com/lair-chat/lair/proto v0.0.0
	go.uber.org/goleak v1.3.0
	pgregory.net/rapid v1.3.0
)

require (
	github.com/google/uuid v1.6.0 // indirect
	github.com/stretchr/testify v1.12.1 // indirect
	golang.org/x/sys v0.49.0 // indirect
	google.golang.org/genproto/googleapis/rpc v0.0.0-20261026165753-2ffab32bce7e // indirect
	google.golang.org/grpc v1.85.0 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
)

replace (
	github.com/lair-chat/lair/pkg => ../../pkg
	github.com/lair-chat/lair/proto => ../../proto
)
