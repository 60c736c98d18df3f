module github.com/lair-chat/lair/services/internal/journal

go 1.26.0

require github.com/lair-chat/lair/pkg v0.0.0

require github.com/google/uuid v1.6.0 // indirect

replace github.com/lair-chat/lair/pkg => ../../../pkg
