package afterword

import "context"

// OpenDue is what the job of each minute does.
func (s *Service) OpenDue(ctx context.Context) error { return s.openDue(ctx) }
