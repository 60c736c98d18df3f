package password

// Check returns an error unless text is a hash that Verify understands.
func Check(text string) error {
	_, err := parse(text)
	return err
}
