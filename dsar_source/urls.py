from django.urls import path

from dsar_source.views import source

app_name = "dsar_source"
urlpatterns = [path("<slug:what>/", source, name="source")]
