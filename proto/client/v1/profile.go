package clientv1

import "encoding/json"

// ProfileBody is the body of PATCH /api/v1/users/me. What is absent stays as it
// is. An address cannot be taken away: null is as if it was absent.
type ProfileBody struct {
	Email       *string `json:"email"`
	DisplayName Change  `json:"display_name"`
}

// Change is a text that may be set, taken away with null, or left as it is.
type Change struct {
	Asked bool
	Text  string // empty if it is to be taken away
}

// UnmarshalJSON implements json.Unmarshaler. It is called only if the field is
// there.
func (c *Change) UnmarshalJSON(text []byte) error {
	*c = Change{Asked: true}
	return json.Unmarshal(text, &c.Text) // null leaves it empty
}
