/* SPDX-License-Identifier: BSD-2-Clause */
/* cli_terminal.c - signals, colour and progress. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

#define SHOW_AFTER_NS UINT64_C(500000000)
#define SHOW_EVERY_NS UINT64_C(100000000)

volatile sig_atomic_t *cli_stop;
static volatile sig_atomic_t interrupted, interrupted_s;

/* timeout(1) and a terminal may signal twice at once; a second thought comes later. */
static void on_signal(int number)
{
	struct timespec now;
	int saved = errno;

	clock_gettime(CLOCK_MONOTONIC, &now);
	errno = saved;
	if (interrupted != 0 && (sig_atomic_t)now.tv_sec - interrupted_s > 1) {
		signal(number, SIG_DFL);
		raise(number);
		return;
	}
	if (interrupted == 0)
		interrupted_s = (sig_atomic_t)now.tv_sec;
	interrupted = number;
	*cli_stop = number;
}

int cli_signals_init(void)
{
	struct sigaction action = {.sa_handler = on_signal};
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	void *shared = mmap(NULL, sizeof(*cli_stop), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED) {
		cli_error("mmap: %s", strerror(errno));
		return CLI_BUG;
	}
	cli_stop = shared;
	if (sigaction(SIGINT, &action, NULL) != 0 || sigaction(SIGTERM, &action, NULL) != 0 ||
	    sigaction(SIGPIPE, &ignore, NULL) != 0 || sigaction(SIGXFSZ, &ignore, NULL) != 0) {
		cli_error("sigaction: %s", strerror(errno));
		return CLI_BUG;
	}
	return CLI_OK;
}

bool cli_interrupted(void)
{
	return interrupted != 0;
}

const char *cli_colour(enum cli_colour colour)
{
	static const char *const sequence[] = {
	    [CLI_PLAIN] = "\033[0m",  [CLI_GOOD] = "\033[32m", [CLI_BAD] = "\033[1;31m",
	    [CLI_DOUBT] = "\033[33m", [CLI_BOLD] = "\033[1m",
	};
	static int on = -1;

	if (on < 0) {
		const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

		on = isatty(STDOUT_FILENO) && !(no && *no) && !(term && strcmp(term, "dumb") == 0);
	}
	return on ? sequence[colour] : "";
}

enum cli_colour cli_verdict_colour(enum sim_verdict verdict)
{
	if (verdict == SIM_PASS)
		return CLI_GOOD;
	return verdict == SIM_FAIL ? CLI_BAD : CLI_DOUBT;
}

static uint64_t wall_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void cli_progress_begin(struct cli_progress *p, const char *what, bool quiet)
{
	*p = (struct cli_progress){.what = what, .off = quiet || !isatty(STDERR_FILENO)};
	p->start_ns = p->off ? 0 : wall_ns();
}

void cli_progress_step(struct cli_progress *p, uint64_t done, uint64_t total, const char *more)
{
	uint64_t now_ns;
	double share, left_s;

	if (p->off)
		return;
	now_ns = wall_ns();
	if (now_ns - p->start_ns < SHOW_AFTER_NS || now_ns - p->last_ns < SHOW_EVERY_NS)
		return;
	p->last_ns = now_ns;
	p->shown = true;
	share = total ? (double)done / (double)total : 0;
	left_s = share > 0 ? (double)(now_ns - p->start_ns) * 1e-9 * (1 - share) / share : 0;
	fprintf(stderr, "\r\033[K%s", p->what);
	if (total)
		fprintf(stderr, " %3.0f %%", 100 * share);
	if (share > 0)
		fprintf(stderr, "  ETA %.0f s", left_s);
	if (more && *more)
		fprintf(stderr, "  %s", more);
	fflush(stderr);
}

void cli_progress_end(struct cli_progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}

void cli_progress_run(void *ctx, uint64_t now_ns, uint64_t end_ns)
{
	cli_progress_step(ctx, now_ns, end_ns, NULL);
}
