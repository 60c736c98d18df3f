package wire

// MaxWaiting is maxWaiting for tests.
const MaxWaiting = maxWaiting
