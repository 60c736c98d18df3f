-- +goose Up

-- What is found when its time has come: pending invitations, and settled ones.
CREATE INDEX room_invitation_expiry ON room_invitation (expires_at) WHERE status = 1;
CREATE INDEX room_invitation_settled ON room_invitation (responded_at) WHERE status <> 1;

-- +goose Down
DROP INDEX room_invitation_settled;
DROP INDEX room_invitation_expiry;
