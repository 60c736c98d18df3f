package journal

import "github.com/lair-chat/lair/pkg/fault"

// ErrNoConversation says that a conversation does not exist.
var ErrNoConversation = fault.New(fault.NotFound, "room_not_found", "there is no such conversation")

// ErrBusy says that the head of a conversation could not be had in time.
var ErrBusy = fault.New(fault.Unavailable, "busy", "the conversation is busy, try again")

// ErrNoUser says that a user does not exist, or has deleted its account.
var ErrNoUser = fault.New(fault.NotFound, "user_not_found", "there is no such user")
