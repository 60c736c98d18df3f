package httpapi

import clientv1 "github.com/lair-chat/lair/proto/client/v1"

func (a *api) notice(c *call) (any, error) {
	var b clientv1.NoticeBody
	if err := c.decode(&b); err != nil {
		return nil, err
	}
	if err := require(field{"message", b.Message}, field{"severity", b.Severity}); err != nil {
		return nil, err
	}
	return success, a.Backend.SendNotice(c.Context(), *b.Message, *b.Severity)
}
