from django.urls import path

from desk.site import site

urlpatterns = [path("", site.urls)]
