/* SPDX-License-Identifier: BSD-2-Clause */
/* keeper.c - parent and worker that watch each other. */
#include "keeper.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tree.h"

#define COMMAND_GRACE_MS 2000
#define WORKER_GRACE_MS 10000
/* A terminal and timeout(1) may signal twice at once; a second thought comes later. */
#define SECOND_THOUGHT_MS 1000

enum message_kind {
	MESSAGE_READY,	 /* worker: has begun */
	MESSAGE_COMMAND, /* parent: has started the command pid */
	MESSAGE_STOP,	 /* parent: end the work */
};

struct message {
	int32_t kind, pid;
};

static int64_t now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void tell(int fd, enum message_kind kind, pid_t pid)
{
	struct message m = {(int32_t)kind, pid};

	(void)send(fd, &m, sizeof(m), MSG_NOSIGNAL);
}

/* ---- the worker ---- */

struct keeper_link {
	int fd, signals;
	pid_t command;
	bool stop, orphan;
};

void keeper_ready(struct keeper_link *link)
{
	tell(link->fd, MESSAGE_READY, 0);
}

static void hear(struct keeper_link *link)
{
	struct message m;
	ssize_t n = recv(link->fd, &m, sizeof(m), MSG_DONTWAIT);

	if (n == (ssize_t)sizeof(m)) {
		link->command = m.kind == MESSAGE_COMMAND ? m.pid : link->command;
		link->stop = link->stop || m.kind == MESSAGE_STOP;
	} else if (n >= 0 || (errno != EAGAIN && errno != EINTR)) {
		link->stop = true;
		link->orphan = true;
	}
}

bool keeper_wait(struct keeper_link *link, int timeout_ms)
{
	struct pollfd fds[] = {{.fd = link->fd, .events = POLLIN},
			       {.fd = link->signals, .events = POLLIN}};

	if (!link->stop && poll(fds, 2, timeout_ms) > 0) {
		if (fds[0].revents != 0)
			hear(link);
		if (fds[1].revents != 0)
			link->stop = true;
	}
	return !link->stop;
}

/* All that the parent has said by now, its death included. */
static void hear_all(struct keeper_link *link)
{
	struct pollfd fd = {.fd = link->fd, .events = POLLIN};

	while (!link->orphan && poll(&fd, 1, 0) > 0)
		hear(link);
}

_Noreturn static void be_worker(const struct keeper *k, int fd)
{
	struct keeper_link link = {.fd = fd};
	sigset_t set;
	int rc;

	/* The parent is asked by the terminal; the worker by the parent, or directly by SIGTERM. */
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	(void)signal(SIGQUIT, SIG_IGN);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	link.signals = signalfd(-1, &set, SFD_CLOEXEC);
	rc = k->work(k->ctx, &link);
	hear_all(&link);
	if (link.orphan) {
		if (link.command > 0)
			tree_kill(link.command);
		k->clean(k->ctx);
	}
	exit(rc);
}

/* ---- the command ---- */

_Noreturn static void be_command(const struct keeper *k)
{
	sigset_t none;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)signal(SIGXFSZ, SIG_DFL);
	if (k->command_netns >= 0 && setns(k->command_netns, CLONE_NEWNET) != 0) {
		fprintf(stderr, "iwc: tap: entering the network namespace: %s\n", strerror(errno));
		_exit(126);
	}
	(void)execvp(k->command[0], k->command);
	fprintf(stderr, "iwc: tap: %s: %s\n", k->command[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

/* ---- the parent ---- */

struct parent {
	const struct keeper *k;
	struct keeper_end *end;
	pid_t worker, command; /* 0: ended or not begun */
	int fd, signals;
	int64_t stop_ms, command_ms; /* when each was told to end; 0: not yet */
	bool alone;		     /* no child from before: all there are come from the command */
};

static void stop_worker(struct parent *p)
{
	if (p->stop_ms == 0) {
		p->stop_ms = now_ms();
		tell(p->fd, MESSAGE_STOP, 0);
	}
}

static void stop_command(struct parent *p, int signal_number)
{
	if (p->command_ms == 0)
		p->command_ms = now_ms();
	(void)kill(p->command, signal_number);
}

static void start_command(struct parent *p)
{
	if (!p->k->command || p->command > 0 || p->stop_ms != 0)
		return;
	p->command = fork();
	if (p->command == 0)
		be_command(p->k);
	if (p->command > 0) {
		tell(p->fd, MESSAGE_COMMAND, p->command);
		return;
	}
	fprintf(stderr, "iwc: tap: %s: %s\n", p->k->command[0], strerror(errno));
	p->command = 0;
	p->end->command = 126;
	stop_worker(p);
}

static int exit_code(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void reap(struct parent *p)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == p->command) {
			p->command = 0;
			p->end->command = exit_code(status);
			stop_worker(p);
		} else if (pid == p->worker) {
			p->worker = 0;
			p->end->worker = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
			p->end->worker_signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
		}
	}
}

static void interrupted(struct parent *p, const struct signalfd_siginfo *info)
{
	int64_t first_ms = p->command > 0 ? p->command_ms : p->stop_ms;

	/* A terminal's keys: the command has got that too. */
	if (p->command > 0 && info->ssi_code == SI_KERNEL && info->ssi_signo != SIGHUP)
		return;
	if (first_ms != 0 && now_ms() - first_ms < SECOND_THOUGHT_MS)
		return;
	if (p->command > 0)
		stop_command(p, first_ms != 0 ? SIGKILL : (int)info->ssi_signo);
	else if (first_ms != 0)
		(void)kill(p->worker, SIGKILL);
	else
		stop_worker(p);
}

static void read_signal(struct parent *p)
{
	struct signalfd_siginfo info;

	if (read(p->signals, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return;
	if (info.ssi_signo == SIGCHLD)
		reap(p);
	else
		interrupted(p, &info);
}

static void read_worker(struct parent *p)
{
	struct message m;
	ssize_t n = recv(p->fd, &m, sizeof(m), MSG_DONTWAIT);

	if (n == (ssize_t)sizeof(m) && m.kind == MESSAGE_READY)
		start_command(p);
	else if (n == 0)
		(void)shutdown(p->fd, SHUT_RD); /* it ends; its status comes with SIGCHLD */
}

/* Who was told to end, and did not, is ended. */
static void lose_patience(struct parent *p)
{
	int64_t now = now_ms();

	if (p->command > 0 && p->command_ms != 0 && now - p->command_ms > COMMAND_GRACE_MS)
		(void)kill(p->command, SIGKILL);
	if (p->worker > 0 && p->stop_ms != 0 && now - p->stop_ms > WORKER_GRACE_MS)
		(void)kill(p->worker, SIGKILL);
}

static void watch(struct parent *p)
{
	struct pollfd fds[] = {{.fd = p->signals, .events = POLLIN},
			       {.fd = p->fd, .events = POLLIN}};

	while (p->worker > 0 || p->command > 0) {
		int timeout = p->stop_ms != 0 || p->command_ms != 0 ? 100 : -1;

		fds[1].fd = p->worker > 0 ? p->fd : -1;
		if (poll(fds, 2, timeout) > 0) {
			if (fds[1].revents != 0)
				read_worker(p);
			if (fds[0].revents != 0)
				read_signal(p);
		}
		if (p->worker == 0 && p->command > 0 && p->command_ms == 0)
			stop_command(p, SIGTERM);
		lose_patience(p);
	}
}

/* The signals that the parent reads; blocked from before the fork on, so that none gets lost. */
static int open_signals(sigset_t *before)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGHUP);
	(void)sigaddset(&set, SIGQUIT);
	(void)sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, before) != 0)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static int begin(struct parent *p)
{
	int pair[2];

	if (p->signals < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return -1;
	p->alone = waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD;
	/* What the command leaves behind becomes our child. */
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	(void)fflush(NULL);
	p->worker = fork();
	if (p->worker == 0) {
		(void)close(pair[0]);
		(void)close(p->signals);
		be_worker(p->k, pair[1]);
	}
	(void)close(pair[1]);
	p->fd = pair[0];
	return p->worker > 0 ? 0 : -1;
}

int keeper_run(const struct keeper *keeper, struct keeper_end *end)
{
	struct parent p = {.k = keeper, .end = end, .fd = -1};
	sigset_t before;
	int rc;

	*end = (struct keeper_end){.worker = -1, .command = -1};
	p.signals = open_signals(&before);
	rc = begin(&p);
	if (rc == 0) {
		watch(&p);
		if (keeper->command && p.alone)
			tree_end_children();
	}
	keeper->clean(keeper->ctx);
	if (p.fd >= 0)
		(void)close(p.fd);
	if (p.signals >= 0) {
		(void)close(p.signals);
		(void)sigprocmask(SIG_SETMASK, &before, NULL);
	}
	return rc;
}
