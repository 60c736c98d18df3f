package legacy

import (
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/message"
)

// talk writes joins and messages in the order of their times, which is the order of
// the sequences. Times are whole seconds: within one, whoever joins is first, and
// messages come as they were stored.
func (im *importer) talk(ctx context.Context) error {
	next := 0
	err := im.old.each(ctx, "messages", "created_at, rowid", func(r row) error {
		at := r.micros("created_at")
		for ; next < len(im.joins) && im.joins[next].at <= at; next++ {
			if err := im.enter(ctx, im.joins[next]); err != nil {
				return err
			}
		}
		count := &im.report.Messages
		if count.Found++; count.Found%im.every == 0 {
			fmt.Fprintf(im.report.out, "  %d messages so far\n", count.Found)
		}
		return im.message(ctx, r, at)
	})
	for ; err == nil && next < len(im.joins); next++ {
		err = im.enter(ctx, im.joins[next])
	}
	return err
}

// enter makes a user a member of a room, and the room if it is the first.
func (im *importer) enter(ctx context.Context, j join) error {
	p := place{j.room, j.user}
	if m, there := im.state.members[p]; there {
		if !m.added {
			im.report.Members.There++
		}
		return nil
	}
	if h := im.state.conversations[j.room]; !im.living(j.user) || h != nil && h.closed {
		im.report.Members.Skipped++
		return nil // of a user or a room that was deleted here
	}
	if first, waits := im.makes[j.room]; waits {
		delete(im.makes, j.room)
		if first.user != j.user {
			if err := im.enter(ctx, first); err != nil {
				return err
			}
		}
	}
	h := im.conversation(j.room, roomKind)
	seq, err := im.append(ctx, j.room, h, j.at, j.user, id.UUID{}, joined(j.user, j.role, j.makes))
	if err != nil {
		return err
	}
	im.report.Members.Added++
	return im.belong(ctx, j.room, j.user, id.UUID{}, j.role, j.at, seq)
}

// belong makes a user part of a conversation, and tells it so.
func (im *importer) belong(ctx context.Context, c, u, peer id.UUID, role, at, seq int64) error {
	im.state.members[place{c, u}] = member{active: true, added: true}
	if err := im.put(ctx, "journal_member", c, u, role, at, seq, int64(0), int64(0), peer); err != nil {
		return err
	}
	return im.tell(ctx, u, at, added(c, peer, seq))
}

func (im *importer) message(ctx context.Context, r row, at int64) error {
	count := &im.report.Messages
	which, author, to := r.id("id"), r.id("author_id"), r.id("target_id")
	if im.state.messages[which] {
		count.There++
		return nil
	}
	content, why := im.content(r, which)
	direct := r.text("target_type") == "dm"
	switch {
	case why != "":
	case !im.living(author):
		why = "its author is not there"
	case direct && !im.living(to):
		why = "its recipient is not there"
	case direct:
	case r.text("target_type") != "room":
		why = "its target is neither a room nor a user"
	case im.state.rooms[to] == "":
		why = "its room is not there"
	}
	c, recipient := to, id.UUID{}
	if direct {
		c, recipient = id.Direct(id.User{UUID: author}, id.User{UUID: to}).UUID, to
	}
	if h := im.state.conversations[c]; why == "" && h != nil && h.closed {
		why = "its room was deleted here"
	}
	if why != "" {
		count.Skipped++
		im.report.problem("message %v: %s, skipped", which, why)
		return nil
	}
	if err := im.open(ctx, c, author, recipient, at); err != nil {
		return err
	}
	h := im.state.conversations[c]
	seq, err := im.append(ctx, c, h, at, author, which, []byte{})
	if err != nil {
		return err
	}
	var edited any
	if r.number("is_edited") != 0 {
		edited = max(at, r.micros("updated_at"))
	}
	digest := sha256.Sum256([]byte(content)) // no draft can have the id below
	im.state.messages[which] = true
	count.Added++
	return im.put(ctx, "message_message", c, seq, which, author, recipient, "lair-chat-0.8:"+which.String(), digest[:16], message.Text,
		[]byte(content), at, edited, nil)
}

// content returns what a message says, or why it cannot be.
func (im *importer) content(r row, which id.UUID) (content, why string) {
	content = r.text("content")
	if short := cut(content, message.MaxContent); short != content {
		im.report.problem("message %v: has %d bytes, %d are kept", which, len(content), len(short))
		content = short
	}
	if err := message.CheckText(content); err != nil {
		return "", err.Error()
	}
	return content, ""
}

// open makes a conversation that is not there.
func (im *importer) open(ctx context.Context, c, author, recipient id.UUID, at int64) error {
	if first, waits := im.makes[c]; waits { // a message that is older than its room
		return im.enter(ctx, first)
	}
	if im.state.conversations[c] != nil || recipient.IsZero() {
		return nil
	}
	h := im.conversation(c, directKind)
	for u, peer := range map[id.UUID]id.UUID{author: recipient, recipient: author} {
		if err := im.belong(ctx, c, u, peer, plain, at, h.seq+1); err != nil {
			return err
		}
	}
	return nil
}
