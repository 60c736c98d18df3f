-- name: InsertUser :exec
INSERT INTO auth_user (user_id, username, username_key, email, email_key, password, role, created_at, updated_at, key_form)
VALUES (@user_id, @username, @username_key, @email, @email_key, @password, @role, @created_at, @created_at, 1);

-- name: UserByName :one
SELECT * FROM auth_user WHERE username_key = @username_key AND NOT deleted;

-- name: UserByEmail :one
SELECT * FROM auth_user WHERE email_key = @email_key AND NOT deleted;

-- name: User :one
SELECT * FROM auth_user WHERE user_id = @user_id AND NOT deleted;

-- name: ReplacePassword :execrows
-- Only if it is still the old one.
UPDATE auth_user SET password = @password, updated_at = @updated_at
WHERE user_id = @user_id AND password = @old_password;

-- name: SetRole :execrows
-- Only if it is another one.
UPDATE auth_user SET role = @role, updated_at = @updated_at WHERE user_id = @user_id AND role <> @role AND NOT deleted;

-- name: HoldAdmins :many
-- Those who are not banned. None of them is demoted or banned by anybody else
-- until the transaction ends.
SELECT user_id FROM auth_user WHERE role = 'admin' AND NOT deleted AND banned_until <= @now ORDER BY user_id FOR UPDATE;

-- name: InsertSession :exec
INSERT INTO auth_session (session_id, user_id, user_agent, address, created_at, expires_at)
VALUES (@session_id, @user_id, @user_agent, @address, @created_at, @expires_at);

-- name: HoldPassword :one
-- Nobody can change it until the transaction ends.
SELECT password, banned_until FROM auth_user WHERE user_id = @user_id FOR SHARE;

-- name: Session :one
SELECT * FROM auth_session WHERE session_id = @session_id;

-- name: SessionsOf :many
-- The newest first.
SELECT * FROM auth_session WHERE user_id = @user_id AND expires_at > @now ORDER BY created_at DESC, session_id LIMIT 1000;

-- name: ExtendSession :execrows
UPDATE auth_session SET expires_at = @expires_at WHERE session_id = @session_id;

-- name: DeleteSession :one
DELETE FROM auth_session WHERE session_id = @session_id AND user_id = @user_id RETURNING *;

-- name: DeleteOtherSessions :many
DELETE FROM auth_session WHERE user_id = @user_id AND session_id <> @session_id RETURNING *;

-- name: DeleteExpiredSessions :exec
DELETE FROM auth_session WHERE expires_at < @before;

-- name: InsertRevocations :exec
-- The lists have one length, which is that of the series.
INSERT INTO auth_revocation (seq, session_id, expires_at)
SELECT generate_series(@first::bigint, @head::bigint), unnest(@session_ids::uuid[]), unnest(@expires_at::timestamptz[]);

-- name: RevocationHead :one
SELECT seq FROM auth_revocation_head;

-- name: AdvanceRevocationHead :one
UPDATE auth_revocation_head SET seq = seq + @n::bigint RETURNING seq;

-- name: RevokedSince :many
SELECT * FROM auth_revocation WHERE seq > @after_seq AND expires_at > @now ORDER BY seq LIMIT @max_rows;

-- name: DeleteExpiredRevocations :exec
DELETE FROM auth_revocation WHERE expires_at < @before;

-- name: Keys :many
-- The newest first.
SELECT * FROM auth_key ORDER BY created_at DESC, kid;

-- name: CountKeysSince :one
SELECT count(*) FROM auth_key WHERE created_at > @since;

-- name: InsertKey :exec
INSERT INTO auth_key (kid, public_key, sealed, created_at) VALUES (@kid, @public_key, @sealed, @created_at);

-- name: DeleteKeys :exec
DELETE FROM auth_key WHERE created_at < @before;

-- name: Users :many
SELECT * FROM auth_user WHERE user_id = ANY(@user_ids::uuid[]) AND NOT deleted;

-- name: ListUsers :many
SELECT * FROM auth_user
WHERE NOT deleted AND strpos(username_key, @search) > 0 AND (NOT @listed_only::boolean OR user_id = ANY(@user_ids::uuid[]))
	AND username_key > @after
ORDER BY username_key LIMIT @max_rows OFFSET @skip_rows;

-- name: CountUsers :one
SELECT count(*) FROM auth_user
WHERE NOT deleted AND strpos(username_key, @search) > 0 AND (NOT @listed_only::boolean OR user_id = ANY(@user_ids::uuid[]));

-- name: LockKeys :exec
LOCK TABLE auth_key IN SHARE ROW EXCLUSIVE MODE;

-- name: UpdateProfile :one
-- What is null stays as it is.
UPDATE auth_user SET
	email = COALESCE(sqlc.narg(email), email),
	email_key = COALESCE(sqlc.narg(email_key), email_key),
	display_name = COALESCE(sqlc.narg(display_name), display_name),
	updated_at = @updated_at
WHERE user_id = @user_id RETURNING *;

-- name: Lockout :one
SELECT * FROM auth_lockout WHERE lockout_key = @lockout_key;

-- name: HoldLockout :one
-- A new row, or the one that is there, which nobody else can change until the
-- transaction ends.
INSERT INTO auth_lockout (lockout_key, failures, locked_until, forget_at) VALUES (@lockout_key, 0, @now, @now)
ON CONFLICT (lockout_key) DO UPDATE SET failures = auth_lockout.failures RETURNING *;

-- name: SetLockout :exec
UPDATE auth_lockout SET failures = @failures, locked_until = @locked_until, forget_at = @forget_at
WHERE lockout_key = @lockout_key;

-- name: DeleteLockout :exec
DELETE FROM auth_lockout WHERE lockout_key = @lockout_key;

-- name: DeleteForgottenLockouts :exec
DELETE FROM auth_lockout WHERE forget_at < @before;

-- name: InsertAct :exec
INSERT INTO auth_audit (audit_id, at, kind, actor_id, subject_id, address, detail)
VALUES (@audit_id, @at, @kind, @actor_id, @subject_id, @address, @detail);

-- name: Acts :many
-- The newest first.
SELECT * FROM auth_audit WHERE audit_id < @before_id ORDER BY audit_id DESC LIMIT @max_rows;

-- name: DeleteActs :exec
DELETE FROM auth_audit WHERE at < @before;

-- name: SetBan :execrows
UPDATE auth_user SET banned_until = @banned_until, ban_reason = @ban_reason, updated_at = @updated_at
WHERE user_id = @user_id;

-- name: LiftBan :execrows
-- Only if there is one.
UPDATE auth_user SET banned_until = @never, ban_reason = '', updated_at = @updated_at
WHERE user_id = @user_id AND banned_until > @never;

-- name: PutReset :exec
INSERT INTO auth_reset (user_id, digest, expires_at) VALUES (@user_id, @digest, @expires_at)
ON CONFLICT (user_id) DO UPDATE SET digest = EXCLUDED.digest, expires_at = EXCLUDED.expires_at;

-- name: ResetOf :one
SELECT user_id FROM auth_reset WHERE digest = @digest AND expires_at > @now;

-- name: TakeReset :one
DELETE FROM auth_reset WHERE digest = @digest AND expires_at > @now RETURNING user_id;

-- name: SetPassword :exec
UPDATE auth_user SET password = @password, updated_at = @updated_at WHERE user_id = @user_id;

-- name: DeleteExpiredResets :exec
DELETE FROM auth_reset WHERE expires_at < @before;

-- name: ForgetUser :execrows
-- All that the user said of itself, but the name. An address must be unique, so
-- the key becomes one that is none.
UPDATE auth_user SET email = '', email_key = @email_key, password = '', display_name = '', role = 'user',
	deleted = true, updated_at = @updated_at
WHERE user_id = @user_id AND password = @old_password AND NOT deleted;

-- name: InsertDeletion :exec
INSERT INTO auth_deletion (user_id, deleted_at) VALUES (@user_id, @deleted_at);

-- name: DeleteReset :exec
DELETE FROM auth_reset WHERE user_id = @user_id;

-- name: DeletionsForRoom :many
SELECT user_id FROM auth_deletion WHERE user_id > @after AND NOT room_done ORDER BY user_id LIMIT @max_rows;

-- name: DeletionsForMessage :many
SELECT user_id FROM auth_deletion WHERE user_id > @after AND NOT message_done ORDER BY user_id LIMIT @max_rows;

-- name: ConfirmDeletion :exec
UPDATE auth_deletion SET room_done = room_done OR @by_room::boolean, message_done = message_done OR @by_message::boolean
WHERE user_id = @user_id;

-- name: DropDeletion :exec
DELETE FROM auth_deletion WHERE user_id = @user_id AND room_done AND message_done;

-- name: OldKeys :many
-- Those that are made by the rule of before, the oldest user first.
SELECT user_id, username_key FROM auth_user WHERE key_form = 0 ORDER BY created_at, user_id LIMIT @max_rows;

-- name: Rekey :execrows
-- Only if nobody has the key.
UPDATE auth_user SET username_key = @username_key, key_form = 1 WHERE auth_user.user_id = @user_id AND key_form = 0
	AND NOT EXISTS (SELECT 1 FROM auth_user o WHERE o.username_key = @username_key AND o.user_id <> @user_id);

-- name: KeepKey :exec
UPDATE auth_user SET key_form = 1 WHERE user_id = @user_id;
