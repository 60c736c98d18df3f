package legacy

import (
	"context"
	"fmt"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/auth"
)

func (im *importer) users(ctx context.Context) error {
	return im.old.each(ctx, "users", "created_at, rowid", func(r row) error {
		count := &im.report.Users
		count.Found++
		u := r.id("id")
		switch {
		case im.twice(u):
			count.Skipped++
			im.report.problem("user %+q: another one has the id %v, skipped", r.text("username"), u)
			return nil
		case im.state.users[u] != nil:
			count.There++
			return nil
		}
		name, key := im.name(u, r.text("username"))
		address, addressKey := im.address(u, name, r.text("email"))
		hash := r.text("password_hash")
		if auth.ImportPassword(hash) != nil {
			im.report.problem("user %+q: the password cannot be used, an administrator has to make a link to choose one", name)
			hash = ""
		}
		role := r.text("role")
		if role != "moderator" && role != "admin" {
			role = "user"
		}
		im.state.users[u] = &head{seq: im.state.base, fresh: true}
		count.Added++
		created := r.micros("created_at")
		return im.put(ctx, "auth_user", u, name, key, address, addressKey, hash, role, created, max(created, r.micros("updated_at")),
			"", int64(0), "", int64(0), int64(1))
	})
}

// maxName is how many bytes the name of a user may have.
const maxName = 32

// name returns the name of a user here, and its key: another one if it may not be, or
// if somebody has it.
func (im *importer) name(u id.UUID, old string) (name, key string) {
	name, key, err := auth.ImportName(old)
	why := "somebody has a name that looks the same"
	if err != nil {
		why = err.Error()
		name, key, _ = auth.ImportName("user_" + u.String()[:8])
	}
	base := name
	for n := 2; im.state.nameKeys[key]; n++ {
		end := fmt.Sprintf("_%d", n)
		name, key, _ = auth.ImportName(cut(base, maxName-len(end)) + end)
	}
	if name != old {
		im.report.problem("user %+q: is named %+q: %s", old, name, why)
	}
	im.state.nameKeys[key] = true
	return name, key
}

// address does the same for an e-mail address.
func (im *importer) address(u id.UUID, name, old string) (address, key string) {
	address, key, err := auth.ImportEmail(old)
	if err == nil && !im.state.emailKeys[key] {
		im.state.emailKeys[key] = true
		return address, key
	}
	why := "somebody has it"
	if err != nil {
		why = err.Error()
	}
	address, key, _ = auth.ImportEmail(u.String() + "@imported.invalid")
	im.report.problem("user %+q: the address %+q becomes %s: %s", name, old, address, why)
	im.state.emailKeys[key] = true
	return address, key
}
