-- +goose Up

-- What is found when a user has deleted its account; who was invited is in
-- room_invitation_pending.
CREATE INDEX room_invitation_inviter ON room_invitation (inviter_id) WHERE status = 1;
CREATE INDEX room_ban_user ON room_ban (user_id);

-- +goose Down
DROP INDEX room_ban_user;
DROP INDEX room_invitation_inviter;
