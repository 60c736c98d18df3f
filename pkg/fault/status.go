package fault

import (
	"net/http"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"
)

// table is the one place where a kind meets the status codes of the protocols.
var table = [...]struct {
	grpc codes.Code
	http int
	code string // what a peer's error without a code is called
}{
	Internal:        {codes.Internal, http.StatusInternalServerError, "internal_error"},
	Invalid:         {codes.InvalidArgument, http.StatusBadRequest, "validation_failed"},
	Unauthenticated: {codes.Unauthenticated, http.StatusUnauthorized, "invalid_token"},
	Denied:          {codes.PermissionDenied, http.StatusForbidden, "permission_denied"},
	NotFound:        {codes.NotFound, http.StatusNotFound, "not_found"},
	Conflict:        {codes.FailedPrecondition, http.StatusConflict, "conflict"},
	Exhausted:       {codes.ResourceExhausted, http.StatusTooManyRequests, "rate_limited"},
	Unavailable:     {codes.Unavailable, http.StatusServiceUnavailable, "unavailable"},
}

// HTTPStatus returns the HTTP status for the kind.
func (k Kind) HTTPStatus() int { return table[k].http }

// domain names the system in the error details of gRPC (AIP-193).
const domain = "lair.chat"

// ToStatus returns err as a gRPC status that carries its code. The cause stays
// here.
func ToStatus(err error) *status.Status {
	e := Of(err)
	st := status.New(table[e.Kind].grpc, e.Text)
	details := []protoadapt.MessageV1{&errdetails.ErrorInfo{Reason: e.Code, Domain: domain}}
	if e.Retry > 0 {
		details = append(details, &errdetails.RetryInfo{RetryDelay: durationpb.New(e.Retry)})
	}
	with, detailErr := st.WithDetails(details...)
	if detailErr != nil {
		return st
	}
	return with
}

// FromStatus is the inverse of ToStatus. A status of foreign origin, such as a
// refused connection or a deadline, becomes Unavailable or the kind nearest to
// it.
func FromStatus(st *status.Status) *Error {
	kind := FromCode(st.Code())
	e := &Error{Kind: kind, Code: table[kind].code, Text: st.Message()}
	ours := false
	for _, d := range st.Details() {
		switch info := d.(type) {
		case *errdetails.ErrorInfo:
			if info.GetDomain() == domain {
				e.Code, ours = info.GetReason(), true
			}
		case *errdetails.RetryInfo:
			e.Retry = info.GetRetryDelay().AsDuration()
		}
	}
	if ours {
		return e
	}
	// The text of a foreign error names hosts and internals: it is a cause.
	e.Err, e.Text = st.Err(), foreign[kind]
	return e
}

var foreign = [...]string{
	Internal: "internal error", Invalid: "the request is not valid", Unauthenticated: "not authenticated",
	Denied: "permission denied", NotFound: "not found", Conflict: "conflict",
	Exhausted: "too many requests", Unavailable: "a part of the system is not available, try again",
}

// FromCode returns the kind nearest to a gRPC status code.
func FromCode(c codes.Code) Kind {
	switch c {
	case codes.DeadlineExceeded, codes.Canceled, codes.Aborted:
		return Unavailable
	case codes.AlreadyExists:
		return Conflict
	default:
	}
	for k, row := range table {
		if row.grpc == c {
			return Kind(k)
		}
	}
	return Internal
}
