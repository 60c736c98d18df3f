package membership

// Checked returns the room as it may be stored. Errors: room_name_invalid,
// validation_failed (the description).
func (r Room) Checked() (Room, error) {
	err := r.check()
	return r, err
}
