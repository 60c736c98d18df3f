package room

import "github.com/lair-chat/lair/services/room/internal/membership"

// ImportRoom returns how the name of a room of another system is written here, and its
// key, which two rooms must not share. Errors: room_name_invalid, validation_failed
// (the description).
func ImportRoom(name string, description *string) (trimmed, key string, err error) {
	r, err := membership.Room{Name: name, Description: description}.Checked()
	return r.Name, membership.Key(r.Name), err
}
