// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * nsreach - what of the machine's memory a program of the non-secure world can reach (T42):
 *
 *	nsreach ADDRESS...   physical addresses, hexadecimal, through /dev/iwc_attack
 *
 * Reads four bytes at each and writes them back. One line each: "ADDRESS read=0|1 write=0|1".
 * Exit: 0 whatever was reached; 1 the device does not work; 2 wrong use.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static sigjmp_buf back;

static void fault(int number)
{
	siglongjmp(back, number);
}

static bool reads(const volatile uint32_t *at, volatile uint32_t *value)
{
	if (sigsetjmp(back, 1) != 0)
		return false;
	*value = *at;
	return true;
}

/* The read back makes the write's fault come here and not later. */
static bool writes(volatile uint32_t *at, uint32_t value)
{
	if (sigsetjmp(back, 1) != 0)
		return false;
	*at = value;
	(void)*at;
	return true;
}

static bool reach(int fd, uint64_t address)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	volatile uint32_t value = 0;
	uint8_t *map = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			    (off_t)(address & ~(uint64_t)(page - 1u)));
	volatile uint32_t *at;

	if (map == MAP_FAILED) {
		fprintf(stderr, "nsreach: mmap of %#llx: %s\n", (unsigned long long)address,
			strerror(errno));
		return false;
	}
	at = (volatile uint32_t *)(void *)(map + (address & (page - 4u)));
	printf("%#llx read=%d", (unsigned long long)address, reads(at, &value));
	printf(" write=%d\n", writes(at, value));
	munmap(map, page);
	return true;
}

int main(int argc, char **argv)
{
	const struct sigaction act = {.sa_handler = fault};
	int fd;

	if (argc < 2) {
		fprintf(stderr, "usage: nsreach ADDRESS...\n");
		return 2;
	}
	fd = open("/dev/iwc_attack", O_RDWR | O_SYNC);
	if (fd < 0) {
		fprintf(stderr, "nsreach: /dev/iwc_attack: %s\n", strerror(errno));
		return 1;
	}
	sigaction(SIGBUS, &act, NULL);
	sigaction(SIGSEGV, &act, NULL);
	for (int i = 1; i < argc; i++) {
		char *end;
		unsigned long long address = strtoull(argv[i], &end, 16);

		if (*end != '\0' || end == argv[i] || address % 4u != 0u) {
			fprintf(stderr, "nsreach: '%s': an address, a multiple of 4\n", argv[i]);
			return 2;
		}
		if (!reach(fd, address))
			return 1;
	}
	return 0;
}
