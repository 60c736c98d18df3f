package timeline

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestLoneDraftIsCommittedAtOnce(t *testing.T) {
	run(t, func(w *world) {
		hall, began := newRoom(), time.Now()
		w.say(hall, "a")
		w.want("", "a")
		if took := time.Since(began); took != 0 {
			w.t.Errorf("it took %v", took)
		}
		if w.committed != 1 || len(w.announced) != 1 || w.announced[0].Seq != 1 || string(w.announced[0].Content) != "a" {
			w.t.Errorf("%d committed, announced %+v", w.committed, w.announced)
		}
	})
}

func TestWhatArrivesDuringACommitIsCommittedTogether(t *testing.T) {
	run(t, func(w *world) {
		hall, den := newRoom(), newRoom()
		gate := make(chan struct{})
		w.set(func(d *database) { d.gate = gate })
		w.say(hall, "a")
		synctest.Wait()
		w.say(hall, "b")
		w.say(den, "x")
		w.say(hall, "c")
		w.wantNone("a", "b", "x", "c")
		w.wantTries(1)
		close(gate)
		w.want("", "a", "b", "x", "c")
		w.wantTries(1, 3)
		w.wantLog(hall, "a", "b", "c")
		w.wantLog(den, "x")
	})
}

func TestBatchHasABound(t *testing.T) {
	run(t, func(w *world) {
		hall, list := newRoom(), names(maxBatch+2)
		gate := make(chan struct{})
		w.set(func(d *database) { d.gate = gate })
		w.say(hall, list[0])
		synctest.Wait()
		w.say(hall, list[1:]...)
		close(gate)
		w.want("", list...)
		w.wantTries(1, maxBatch, 1)
		w.wantLog(hall, list...)
	})
}

func TestHeldConversationKeepsItsOrderAndHoldsUpNoOther(t *testing.T) {
	run(t, func(w *world) {
		hall, den := newRoom(), newRoom()
		w.hold(hall)
		w.say(hall, "a")
		w.say(den, "x")
		w.say(hall, "b")
		w.say(den, "y")
		w.want("", "x", "y")
		w.wantNone("a", "b")
		time.Sleep(time.Second)
		w.say(hall, "c")
		w.say(den, "z")
		w.want("", "z")
		w.wantNone("a", "b", "c")
		w.release(hall)
		time.Sleep(time.Second)
		w.want("", "a", "b", "c")
		w.wantLog(hall, "a", "b", "c")
		w.wantLog(den, "x", "y", "z")
	})
}

// TestCrowdBeforeAHeldConversationHoldsUpNoOther: more drafts than a batch has
// room for wait for one head.
func TestCrowdBeforeAHeldConversationHoldsUpNoOther(t *testing.T) {
	run(t, func(w *world) {
		hall, den, crowd := newRoom(), newRoom(), names(2*maxBatch)
		w.hold(hall)
		w.say(hall, crowd...)
		synctest.Wait()
		w.say(den, "x")
		time.Sleep(100 * time.Millisecond)
		w.want("", "x")
		w.release(hall)
		time.Sleep(time.Second)
		w.want("", crowd...)
		w.wantLog(hall, crowd...)
	})
}

// TestCrowdKeepsItsOrder: the head is held for the first batch only, and there
// are more drafts than it has room for.
func TestCrowdKeepsItsOrder(t *testing.T) {
	run(t, func(w *world) {
		hall, den, gate, crowd := newRoom(), newRoom(), make(chan struct{}), names(maxBatch+10)
		w.set(func(d *database) {
			d.gate = gate
			d.hook = func(d *database, _ []*Draft) { d.held[hall.Conversation()] = len(d.tries) == 2 }
		})
		w.say(den, "x")
		synctest.Wait()
		w.say(hall, crowd...)
		close(gate)
		time.Sleep(time.Second)
		w.want("", crowd...)
		w.wantTries(1, maxBatch, 1, maxBatch, 9)
		w.wantLog(hall, crowd...)
	})
}

func TestOrderOutlivesADatabaseThatIsAway(t *testing.T) {
	run(t, func(w *world) {
		hall, den := newRoom(), newRoom()
		w.set(func(d *database) { d.away = errDown })
		w.say(hall, "a")
		time.Sleep(time.Second)
		w.say(den, "x")
		w.say(hall, "b")
		time.Sleep(8 * time.Second)
		w.say(hall, "c")
		w.wantNone("a", "b", "c", "x")
		w.set(func(d *database) { d.away = nil })
		time.Sleep(downPause)
		w.want("", "a", "b", "c", "x")
		w.wantLog(hall, "a", "b", "c")
		w.wantLog(den, "x")
	})
}

// TestLostAnswerMakesNoSecondMessage: the transaction was committed, and nobody
// was told.
func TestLostAnswerMakesNoSecondMessage(t *testing.T) {
	run(t, func(w *world) {
		hall := newRoom()
		w.set(func(d *database) { d.lost = errDown })
		w.say(hall, "a", "b")
		time.Sleep(time.Second)
		w.say(hall, "c")
		w.set(func(d *database) { d.lost = nil })
		time.Sleep(time.Second)
		w.want("", "a", "b", "c")
		w.wantLog(hall, "a", "b", "c")
		if m := w.answers["b"][0].message; m.Seq != 2 {
			w.t.Errorf("got seq %d", m.Seq)
		}
	})
}

func TestPatienceEnds(t *testing.T) {
	for code, trouble := range map[string]func(*database){
		"unavailable": func(d *database) { d.away = errDown },
		"busy": func(d *database) {
			for c := range d.heads {
				d.held[c] = true
			}
		},
	} {
		t.Run(code, func(t *testing.T) {
			run(t, func(w *world) {
				hall, den := newRoom(), newRoom()
				w.say(hall, "first")
				w.say(den, "second")
				w.want("", "first", "second")
				w.set(trouble)
				began := time.Now()
				w.say(hall, "a")
				time.Sleep(4 * time.Second)
				w.say(den, "x")
				w.say(hall, "b")
				time.Sleep(patience - 4*time.Second - downPause)
				w.say(hall, "c")
				w.wantNone("a", "b", "c", "x")
				time.Sleep(2 * downPause)
				// What is behind one that is given up would overtake it.
				w.want(code, "a", "b", "c")
				w.wantNone("x")
				w.say(hall, "d")
				time.Sleep(4 * time.Second)
				w.want(code, "x")
				w.wantNone("d")
				if got := w.answered[2:]; !slices.Equal(got, []string{"a", "b", "c", "x"}) {
					w.t.Errorf("answered in the order %q", got)
				}
				if took := w.answers["a"][0].at.Sub(began); took < patience {
					w.t.Errorf("given up after %v", took)
				}
				w.set(func(d *database) { d.away = nil; clear(d.held) })
				time.Sleep(downPause)
				w.want("", "d")
				w.wantLog(hall, "first", "d")
				w.wantLog(den, "second")
			})
		})
	}
}

func TestGivingUpReachesThoseWhoWaitBehindTheBatch(t *testing.T) {
	run(t, func(w *world) {
		hall, crowd := newRoom(), names(maxBatch+10)
		w.hold(hall)
		w.say(hall, crowd[:maxBatch]...)
		time.Sleep(patience / 2)
		w.say(hall, crowd[maxBatch:]...)
		time.Sleep(patience/2 + time.Second)
		w.want("busy", crowd...)
		w.release(hall)
		w.say(hall, "late")
		time.Sleep(time.Second)
		w.want("", "late")
		w.wantLog(hall, "late")
	})
}

func TestDraftThatTheDatabaseRefusesFailsAlone(t *testing.T) {
	for _, state := range []string{"22021", "23505"} {
		t.Run(state, func(t *testing.T) {
			run(t, func(w *world) {
				hall, den, gate := newRoom(), newRoom(), make(chan struct{})
				w.set(func(d *database) { d.bad["bad"], d.gate = state, gate })
				w.say(den, "x")
				synctest.Wait()
				began := time.Now()
				w.say(hall, "a", "bad", "b")
				w.say(den, "y")
				close(gate)
				w.want("", "x", "a", "b", "y")
				w.want("internal_error", "bad")
				if took := time.Since(began); took != 0 {
					w.t.Errorf("it took %v", took)
				}
				w.wantTries(1, 4, 1, 1, 1, 1)
				w.wantLog(hall, "a", "b")
				w.wantLog(den, "x", "y")
			})
		})
	}
}

func TestOtherErrorsOfTheDatabaseAreNoRefusal(t *testing.T) {
	for _, err := range []error{errDown, refusal("40001"), refusal("57P01"), refusal("2"), refusal("")} {
		run(t, func(w *world) {
			hall := newRoom()
			w.set(func(d *database) { d.away = err })
			w.say(hall, "a", "b")
			w.wantNone("a", "b")
			w.set(func(d *database) { d.away = nil })
			time.Sleep(downPause)
			w.want("", "a", "b")
		})
	}
}

// TestOrderOutlivesARefusal: while the drafts of a refused batch are tried one
// by one, the head is held for a moment, or the database goes away.
func TestOrderOutlivesARefusal(t *testing.T) {
	hall, den := newRoom(), newRoom()
	for name, trouble := range map[string]func(*database, bool){
		"Held": func(d *database, now bool) { d.held[hall.Conversation()] = now },
		"Away": func(d *database, now bool) {
			d.away = nil
			if now {
				d.away = errDown
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(w *world) {
				gate := make(chan struct{})
				w.set(func(d *database) {
					d.bad["bad"], d.gate = "22021", gate
					alone := 0 // the drafts that were tried alone
					d.hook = func(d *database, drafts []*Draft) {
						if len(drafts) == 1 && drafts[0].ClientMsgID != "x" {
							alone++
						}
						trouble(d, len(drafts) == 1 && alone == 1)
					}
				})
				w.say(den, "x")
				synctest.Wait()
				w.say(hall, "a", "b")
				w.say(den, "bad", "y")
				w.say(hall, "c")
				close(gate)
				time.Sleep(time.Second)
				w.want("", "x", "a", "b", "c", "y")
				w.want("internal_error", "bad")
				w.wantLog(hall, "a", "b", "c")
				w.wantLog(den, "x", "y")
			})
		})
	}
}

func TestFullQueueAnswersAtOnce(t *testing.T) {
	run(t, func(w *world) {
		hall, gate, list := newRoom(), make(chan struct{}), names(maxQueue-1)
		w.set(func(d *database) { d.gate = gate })
		w.say(hall, "first")
		synctest.Wait() // it is being committed
		w.say(hall, list...)
		w.say(hall, "over", "more")
		w.want("busy", "over", "more")
		close(gate)
		w.want("", "first")
		w.want("", list...)
		w.say(hall, "last")
		w.want("", "last")
	})
}

func TestStopCommitsWhatIsQueued(t *testing.T) {
	run(t, func(w *world) {
		hall, gate, list := newRoom(), make(chan struct{}), names(maxBatch+1)
		w.set(func(d *database) { d.gate = gate })
		w.say(hall, "first")
		synctest.Wait()
		w.say(hall, list...)
		w.stop()
		w.wantNone("first", list[0])
		close(gate)
		w.end()
		w.want("", "first")
		w.want("", list...)
		w.say(hall, "late")
		w.want("busy", "late")
	})
}

func TestStopWaitsForHeldHeadsAndNoLongerThanPatience(t *testing.T) {
	run(t, func(w *world) {
		hall, den := newRoom(), newRoom()
		w.hold(hall)
		w.hold(den)
		w.say(hall, "a", "b")
		w.say(den, "x")
		began := time.Now()
		w.stop()
		time.Sleep(time.Second)
		w.release(hall)
		time.Sleep(time.Second)
		w.want("", "a", "b")
		w.wantNone("x")
		w.end()
		w.want("busy", "x")
		if took := time.Since(began); took < patience || took > patience+time.Second {
			w.t.Errorf("it took %v to stop", took)
		}
		if n := len(w.db.tries); n > int(2*patience/heldPause) {
			w.t.Errorf("%d transactions were begun", n)
		}
	})
}

func TestStatsHearHowLongDraftsWaitForTheirCommit(t *testing.T) {
	run(t, func(w *world) {
		hall, gate := newRoom(), make(chan struct{})
		w.set(func(d *database) { d.gate = gate })
		w.say(hall, "a")
		synctest.Wait()
		if w.waited != 0 {
			w.t.Errorf("the first waited %v", w.waited)
		}
		w.say(hall, "b")
		time.Sleep(time.Second)
		w.say(hall, "c")
		time.Sleep(time.Second)
		close(gate)
		w.want("", "a", "b", "c")
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.waited != 2*time.Second {
			w.t.Errorf("the oldest waited %v", w.waited)
		}
	})
}
