package config

import "log/slog"

const redacted = "[redacted]"

// Secret is a text that logs, errors and documents do not show.
type Secret string

// Reveal returns the text.
func (s Secret) Reveal() string { return string(s) }

func (Secret) String() string { return redacted }

// GoString hides the text from %#v.
func (Secret) GoString() string { return redacted }

// LogValue implements slog.LogValuer.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText implements encoding.TextMarshaler, and so hides the text from
// JSON.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
