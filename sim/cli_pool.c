/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cli_pool.c - jobs in worker processes, results in the order of the jobs.
 *
 * Workers are forked once. Each draws the next job number from a counter in shared memory, does it,
 * and writes {job, length, record} to its pipe. The parent keeps records that come early until
 * those before them are there. As jobs are drawn in order, and each one drawn leaves a record even
 * if it was told to stop, the records always make a prefix of the jobs.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"

#define JOBS_MAX 256u

struct shared {
	_Atomic uint64_t next;	/* job to be drawn */
	_Atomic uint64_t units; /* begun by all workers */
	atomic_bool enough;	/* draw no more */
	_Atomic uint64_t label[JOBS_MAX];
};

struct head {
	uint64_t job;
	uint64_t len_bytes;
};

struct early {
	struct early *next;
	struct head head;
	unsigned char record[];
};

struct worker {
	pid_t pid;
	int fd;
	struct early *coming; /* being read */
	size_t have_bytes;    /* of head and record */
	struct head head;
};

struct pool {
	const struct cli_pool *p;
	struct cli_pool_end *end;
	struct worker worker[JOBS_MAX];
	unsigned started, open;
	struct early *early; /* sorted by job */
	uint64_t wanted;     /* the job that take() gets next */
	bool enough;
	struct cli_progress progress;
};

static struct shared *shared;
static unsigned worker_index;

void cli_pool_unit(uint64_t label)
{
	atomic_store(&shared->label[worker_index], label);
	atomic_fetch_add(&shared->units, 1);
}

int cli_jobs(const struct cli_args *args, unsigned *jobs)
{
	cpu_set_t set;
	uint64_t n = 1;
	int rc;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		n = (uint64_t)CPU_COUNT(&set);
	if (n > JOBS_MAX)
		n = JOBS_MAX;
	rc = cli_option_u64(args, CLI_JOBS, 1, JOBS_MAX, &n);
	*jobs = (unsigned)n;
	return rc;
}

/* --- in a worker --- */

static bool write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

_Noreturn static void work(const struct cli_pool *p, int fd)
{
	unsigned char *message = malloc(sizeof(struct head) + p->record_max_bytes);

	if (!message)
		_exit(CLI_BUG);
	while (*cli_stop == 0 && !atomic_load(&shared->enough)) {
		struct head head = {.job = atomic_fetch_add(&shared->next, 1)};

		if (head.job >= p->count)
			break;
		head.len_bytes = p->work(p->ctx, head.job, message + sizeof(head));
		memcpy(message, &head, sizeof(head));
		if (!write_all(fd, message, sizeof(head) + head.len_bytes))
			break;
	}
	free(message);
	_exit(CLI_OK);
}

static bool start_worker(struct pool *pool, unsigned index)
{
	pid_t parent = getpid();
	int fds[2];

	if (pipe(fds) != 0)
		return false;
	pool->worker[index].pid = fork();
	if (pool->worker[index].pid < 0) {
		close(fds[0]);
		close(fds[1]);
		return false;
	}
	if (pool->worker[index].pid == 0) {
		close(fds[0]);
		for (unsigned i = 0; i < index; i++)
			close(pool->worker[i].fd);
		worker_index = index;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(CLI_BUG);
		work(pool->p, fds[1]);
	}
	close(fds[1]);
	pool->worker[index].fd = fds[0];
	pool->started++;
	pool->open++;
	return true;
}

/* --- in the parent --- */

static void take(struct pool *pool, const struct early *e)
{
	pool->wanted++;
	if (pool->enough || pool->p->take(pool->p->ctx, e->head.job, e->record, e->head.len_bytes))
		return;
	pool->enough = true;
	atomic_store(&shared->enough, true);
	*cli_stop = *cli_stop ? *cli_stop : SIGUSR1; /* ends runs whose results do not matter */
}

static void insert(struct pool *pool, struct early *e)
{
	struct early **at = &pool->early;

	while (*at && (*at)->head.job < e->head.job)
		at = &(*at)->next;
	e->next = *at;
	*at = e;
	while (pool->early && pool->early->head.job == pool->wanted) {
		e = pool->early;
		pool->early = e->next;
		take(pool, e);
		free(e);
	}
}

/* A record that could not have come from a worker means that memory went wrong there. */
static bool begin_record(const struct pool *pool, struct worker *w)
{
	if (w->head.len_bytes > pool->p->record_max_bytes)
		return false;
	w->coming = malloc(sizeof(*w->coming) + w->head.len_bytes);
	if (w->coming)
		w->coming->head = w->head;
	return w->coming != NULL;
}

/* Read what is there. False: the pipe is at its end. */
static bool read_worker(struct pool *pool, struct worker *w)
{
	size_t in_head = sizeof(w->head);
	ssize_t n;

	if (w->have_bytes < in_head)
		n = read(w->fd, (char *)&w->head + w->have_bytes, in_head - w->have_bytes);
	else
		n = read(w->fd, w->coming->record + (w->have_bytes - in_head),
			 in_head + w->head.len_bytes - w->have_bytes);
	if (n < 0)
		return errno == EINTR;
	if (n == 0)
		return false;
	w->have_bytes += (size_t)n;
	if (w->have_bytes == in_head && !begin_record(pool, w))
		return false;
	if (w->have_bytes >= in_head && w->have_bytes == in_head + w->head.len_bytes) {
		insert(pool, w->coming);
		w->coming = NULL;
		w->have_bytes = 0;
	}
	return true;
}

static void end_worker(struct pool *pool, unsigned index)
{
	struct worker *w = &pool->worker[index];
	int status = 0;

	close(w->fd);
	w->fd = -1;
	pool->open--;
	if (w->have_bytes != 0 || w->coming)
		kill(w->pid, SIGKILL);
	free(w->coming);
	w->coming = NULL;
	while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
		;
	if ((WIFEXITED(status) && WEXITSTATUS(status) == 0) || pool->end->died)
		return;
	pool->end->died = true;
	pool->end->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	pool->end->label = atomic_load(&shared->label[index]);
	atomic_store(&shared->enough, true);
	*cli_stop = *cli_stop ? *cli_stop : SIGUSR1;
}

static void collect(struct pool *pool)
{
	struct pollfd fds[JOBS_MAX];

	while (pool->open > 0) {
		for (unsigned i = 0; i < pool->started; i++)
			fds[i] = (struct pollfd){.fd = pool->worker[i].fd, .events = POLLIN};
		if (poll(fds, pool->started, 200) < 0 && errno != EINTR)
			break;
		for (unsigned i = 0; i < pool->started; i++)
			if (fds[i].fd >= 0 && fds[i].revents != 0 &&
			    !read_worker(pool, &pool->worker[i]))
				end_worker(pool, i);
		cli_progress_step(&pool->progress, atomic_load(&shared->units), pool->p->units,
				  NULL);
	}
}

static int start(struct pool *pool)
{
	uint64_t wanted = pool->p->jobs < JOBS_MAX ? pool->p->jobs : JOBS_MAX;

	if (wanted > pool->p->count)
		wanted = pool->p->count;
	shared =
	    mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED) {
		cli_error("mmap: %s", strerror(errno));
		return CLI_BUG;
	}
	fflush(NULL); /* or every worker would print it again */
	for (unsigned i = 0; i < wanted; i++)
		if (!start_worker(pool, i))
			break;
	if (pool->started == 0 && wanted > 0) {
		cli_error("cannot start a process: %s", strerror(errno));
		munmap(shared, sizeof(*shared));
		return CLI_FAILED;
	}
	return CLI_OK;
}

int cli_pool_run(const struct cli_pool *p, struct cli_pool_end *end)
{
	struct pool *pool = calloc(1, sizeof(*pool));
	int rc;

	*end = (struct cli_pool_end){0};
	if (!pool) {
		cli_error("out of memory");
		return CLI_BUG;
	}
	pool->p = p;
	pool->end = end;
	rc = start(pool);
	if (rc == CLI_OK) {
		cli_progress_begin(&pool->progress, p->what, p->quiet);
		collect(pool);
		cli_progress_end(&pool->progress);
		munmap(shared, sizeof(*shared));
		end->interrupted = cli_interrupted();
		if (!end->interrupted)
			*cli_stop = 0;
		rc = end->died ? CLI_BUG : CLI_OK;
	}
	while (pool->early) {
		struct early *e = pool->early;

		pool->early = e->next;
		free(e);
	}
	free(pool);
	return rc;
}
