package journal

// Step is how far all sequences go on when a backup is restored. It is larger than
// what can have happened in one sequence between the backup and its restore, and
// small beside what a number of JSON holds.
//
// A restored database does not know what was said after the backup, but clients do.
// Were positions given on from where the backup stood, a client would take another
// event for the one that it has. So every sequence jumps by a step, and its log
// begins behind the jump: a position from before it, whether the backup has it or
// not, is told to begin anew, and a position behind it was given only once.
const Step = 1_000_000_000
