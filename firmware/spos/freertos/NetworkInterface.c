/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The channel as an interface of FreeRTOS+TCP (version 4), for an application that takes that stack
 * instead of lwIP. It has its own task, which a doorbell wakes: iwc_network_interface_wake.
 *
 * A frame is received into a network buffer, so it is copied once. Buffers that the stack lends are
 * sent from where they are.
 */
#include <string.h>

#include <FreeRTOS.h>
#include <semphr.h>
#include <task.h>

#include <FreeRTOS_IP.h>
#include <FreeRTOS_IP_Private.h>
#include <NetworkBufferManagement.h>
#include <NetworkInterface.h>

#include "NetworkInterface_iwc.h"
#include "arch.h"
#include "clock.h"
#include "memory.h"
#include "net_if.h"

#define TASK_WORDS 1024
#define TASK_PRIORITY (configMAX_PRIORITIES - 2)

_Static_assert(ipTOTAL_ETHERNET_FRAME_SIZE <= IWC_FRAME_MAX,
	       "a frame of the stack fits the channel");

static struct net_if net;
static NetworkInterface_t *interface;
static NetworkBufferDescriptor_t *spare; /* whose buffer the driver has */
static TaskHandle_t task;
static StaticTask_t task_memory;
static StackType_t task_stack[TASK_WORDS];
static volatile BaseType_t link_is_up;

/* The stack's task sends, ours receives: the driver is one at a time's. A mutex and no critical
 * section, so that tasks above both are not kept waiting. */
static SemaphoreHandle_t lock;
static StaticSemaphore_t lock_memory;

static uint32_t next_epoch(void)
{
	const struct arch_smc result = arch_smc(IWC_SMC_EPOCH, 0);

	return result.x0 == IWC_SMC_OK ? (uint32_t)result.x1 : 0;
}

static void *take(void *ctx)
{
	(void)ctx;
	spare = pxGetNetworkBufferWithDescriptor(IWC_FRAME_MAX, 0);
	return spare != NULL ? spare->pucEthernetBuffer : NULL;
}

static void give(void *ctx, void *buf, uint32_t len_bytes, unsigned cls)
{
	NetworkBufferDescriptor_t *frame = spare;
	IPStackEvent_t event = {.eEventType = eNetworkRxEvent, .pvData = frame};

	(void)ctx;
	(void)buf;
	(void)cls;
	spare = NULL;
	frame->xDataLength = len_bytes;
	frame->pxInterface = interface;
	frame->pxEndPoint = FreeRTOS_MatchingEndpoint(interface, frame->pucEthernetBuffer);
	if (frame->pxEndPoint == NULL ||
	    eConsiderFrameForProcessing(frame->pucEthernetBuffer) != eProcessBuffer ||
	    xSendEventStructToIPTask(&event, 0) != pdPASS)
		vReleaseNetworkBufferAndDescriptor(frame);
}

static void link_changed(void *ctx, bool up)
{
	(void)ctx;
	link_is_up = up ? pdTRUE : pdFALSE;
	/* Up too: the stack takes the interface for down and starts it now, not seconds later. */
	FreeRTOS_NetworkDown(interface);
}

static void room(void *ctx)
{
	(void)ctx; /* the stack sends again by its own timers */
}

static void run(void *argument)
{
	(void)argument;
	for (;;) {
		bool more;

		(void)xSemaphoreTake(lock, portMAX_DELAY);
		more = net_poll(&net);
		(void)xSemaphoreGive(lock);
		(void)ulTaskNotifyTake(pdTRUE, more ? 0 : 1);
	}
}

void iwc_network_interface_wake(BaseType_t *switch_now)
{
	if (task != NULL)
		vTaskNotifyGiveFromISR(task, switch_now);
}

/* The stack calls again when the link changes, and every few seconds until it is up. */
static BaseType_t initialise(NetworkInterface_t *self)
{
	static const struct net_hooks hooks = {
	    .now_ns = clock_ns,
	    .epoch = next_epoch,
	    .take = take,
	    .give = give,
	    .link = link_changed,
	    .room = room,
	};

	interface = self;
	if (task == NULL) {
		if (!net_init(&net, &hooks, (void *)(uintptr_t)spos_boot.s_section,
			      (const void *)(uintptr_t)spos_boot.ns_section, NULL))
			return pdFAIL;
		lock = xSemaphoreCreateMutexStatic(&lock_memory);
		task = xTaskCreateStatic(run, "iwc", TASK_WORDS, NULL, TASK_PRIORITY, task_stack,
					 &task_memory);
	}
	return link_is_up != pdFALSE ? pdPASS : pdFAIL;
}

static BaseType_t output(NetworkInterface_t *self, NetworkBufferDescriptor_t *const frame,
			 BaseType_t release)
{
	bool sent;

	(void)self;
	(void)xSemaphoreTake(lock, portMAX_DELAY);
	sent = net_send(&net, frame->pucEthernetBuffer, (uint32_t)frame->xDataLength);
	(void)xSemaphoreGive(lock);
	if (release != pdFALSE)
		vReleaseNetworkBufferAndDescriptor(frame);
	return sent ? pdPASS : pdFAIL;
}

static BaseType_t link_status(NetworkInterface_t *self)
{
	(void)self;
	return link_is_up;
}

NetworkInterface_t *iwc_network_interface_fill(NetworkInterface_t *self)
{
	memset(self, 0, sizeof(*self));
	self->pcName = "iwc";
	self->pfInitialise = initialise;
	self->pfOutput = output;
	self->pfGetPhyLinkStatus = link_status;
	(void)FreeRTOS_AddNetworkInterface(self);
	return self;
}
