/// The server process: sockets, TLS, configuration, the runs themselves, and the wiring of it all.
///
/// | thread | owns | may wait for |
/// |---|---|---|
/// | `loop` | every {@link io.ztick.server.Connection}, the scheduler, the due timer | nothing |
/// | `journal` | the journal's files | the disk |
/// | `backup` | a backup while it is made | the disk |
/// | `starter-…` | nothing; they call `posix_spawn` | the start of a process |
/// | `reaper` | the processes that run, their output and their time-outs | nothing |
/// | `run-…` | a name to look up, processes that a crash left behind | the outside world |
/// | `tls-…` | the computing of handshakes | the processor |
/// | `reload` | the reading of auth file and certificate while the server runs | the disk |
/// | the audit trail's | the queue of its lines | the disk |
/// | the log's | the queue of log lines | whoever reads stderr |
///
/// ```
/// Network ─► Connection ─► CommandHandler ─► Gate, then Scheduler
///               └─► Outbox ─► the client, when the journal allows it
/// Reloads ─► LiveTokens ─► Authority, then each Connection looks at its token again
/// Firing ─► Scheduler.fire, start ─► Executions ─┬─► ProcessRun: starter ─► reaper ─► Firing.ended
///                                                └─► HttpRun ─► Firing.ended
/// ```
///
/// On purpose, though it may look like a mistake:
///
/// - A {@link io.ztick.protocol.PlainLine} has a branch of its own in handler and gate: it is
///   nearly every line, and the way of the others makes eight objects of it.
/// - A fault of ours on the loop ends the process: half-changed state must not be served.
/// - A client that leaves its answers unread is not read either, and never gets an error for it.
/// - Answers are flushed at the end of a pass over all ready sockets, not when they are composed.
/// - Before a job is due the loop polls for some microseconds instead of sleeping until then:
///   waking up takes longer than that.
/// - Due jobs are looked for in the middle of a client's turn: a pass over all clients takes longer
///   than a run may be late.
/// - Threads that the loop starts inherit that their timers have no slack, and so do processes.
/// - A turn that goes on is scheduled with no delay rather than executed: executed tasks follow
///   each other for up to a second before Netty looks at a socket again.
/// - A connection beyond `max_connections` is told so in clear text, but not under TLS: a full
///   server must not spend its time on handshakes.
/// - Processes are started by `posix_spawn` and not by `ProcessBuilder`, which can neither begin a
///   session nor hand over bytes that the locale cannot spell, and takes twice as long. It stands
///   in where the former is not supported.
/// - The reaper is an event loop of its own: what processes print must not hold up clients.
/// - HTTP calls share the loop with the clients: a call needs neither a thread nor a hand-over to
///   one.
/// - A POST that meets a connection which its target has just closed fails rather than being sent
///   again: nobody knows whether it was done.
/// - Commands that are no server have a handler of SIGHUP that does nothing: an ignored signal
///   would be inherited by processes.
/// - The right to a command is told missing before its namespace is, and the namespace before the
///   runner of `RULE SET`, as the auth page has it: only whoever may set the rule learns of
///   runners.
/// - The answer to a failed AUTH that has to wait holds its connection, and nothing is read from
///   it: `max_unauthenticated` bounds how many there are.
/// - A reload looks at files by their time, size and number, several times a second, rather than
///   being told by the kernel: it is not told of a link in the path that leads elsewhere now.
/// - A tenant's lines never take the branch of plain ones: each new job is counted.
/// - A tenant's HTTP call is told private by the address that it connects to, not by its name: what
///   a name means may change in between. Its connections are shared with no other's.
/// - Connections look again at what their secret is worth after every reload, all of them: who has
///   what from whom need not be known twice. When a token is rotated or revoked its own do: whoever
///   may do that any number of times must not hold up the others.
@NullMarked
package io.ztick.server;

import org.jspecify.annotations.NullMarked;
