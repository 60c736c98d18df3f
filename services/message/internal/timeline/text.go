package timeline

// CheckText refuses what no message may say. Errors: content_invalid.
func CheckText(content string) error { return checkContent(Text, []byte(content)) }
